import pictures from "~/pictures/messages/nl.json";
import inbox from "~/parts/inbox/messages/nl.json";
import companies from "~/parts/companies/messages/nl.json";
import leads from "~/parts/leads/messages/nl.json";
import lists from "~/parts/lists/messages/nl.json";
import prospects from "~/parts/prospects/messages/nl.json";
import pipeline from "~/parts/pipeline/messages/nl.json";
import campaigns from "~/parts/campaigns/messages/nl.json";
import audience from "~/parts/audience/messages/nl.json";
import funnel from "~/parts/funnel/messages/nl.json";
import planner from "~/parts/planner/messages/nl.json";
import settings from "~/parts/settings/messages/nl.json";
import mailboxes from "~/parts/settings/mailboxes/messages/nl.json";
import website from "~/parts/settings/website/messages/nl.json";
import booking from "~/parts/settings/booking/messages/nl.json";
import inlets from "~/parts/settings/inlets/messages/nl.json";
import rules from "~/parts/settings/rules/messages/nl.json";
import webhooks from "~/parts/settings/webhooks/messages/nl.json";
import policy from "~/parts/settings/policy/messages/nl.json";
import privacy from "~/parts/settings/privacy/messages/nl.json";
import practice from "~/parts/practice/messages/nl.json";

/** The Dutch words of all other parts; they follow at once, and a part waits for them (`restOfWords`). */
const messages = {
  ...pictures,
  ...inbox,
  ...companies,
  ...leads,
  ...lists,
  ...prospects,
  ...pipeline,
  ...campaigns,
  ...audience,
  ...funnel,
  ...planner,
  ...settings,
  ...mailboxes,
  ...website,
  ...booking,
  ...inlets,
  ...rules,
  ...webhooks,
  ...policy,
  ...privacy,
  ...practice,
};

export default messages;
