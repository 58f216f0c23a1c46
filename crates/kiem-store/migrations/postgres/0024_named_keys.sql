-- PostgreSQL's keys have names; nothing rests there while a list comes in.
SELECT 1;
