import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";

type Body = components["schemas"]["NewLeadInput"];
export type LeadCheck = components["schemas"]["LeadCheck"];
export type PossibleCompany = LeadCheck["companies"][number];
/** Which company is meant: the one that is recognised, this one, or a new one. */
export type Meant = Pick<Body, "company_id" | "company_is_new">;

export const nothing = {
  company: "",
  city: "",
  website: "",
  country: "",
  given: "",
  infix: "",
  family: "",
  email: "",
  title: "",
};
/** What is typed in about a lead. */
export type Typed = typeof nothing;
/** The company that is recognised, else a new one. */
export const recognised: Meant = {};

/** What is not asked here can be filled in on the lead itself. */
const unasked = {
  company: {
    kvk_number: "",
    region: "",
    street: null,
    postcode: null,
    industry: "",
    employees_n: null,
    phone: "",
    sbi_code: null,
    sbi_version: null,
  },
  contact: { phone: "", language: "", time_zone: "" },
};

export function bodyOf(typed: Typed, meant: Meant): Body {
  const { company, city, website, country, given, infix, family, email, title } = typed;
  return {
    ...meant,
    company: { ...unasked.company, name: company, city, website, country },
    contact: { ...unasked.contact, given_name: given, infix, family_name: family, email, title },
  };
}

/** Letters of a company's name from which on it is worth looking. */
const lettersMin = 2;
/** Milliseconds without a keystroke before it is looked. */
const pause = 300;

/** Who is there already of what is being typed in; nothing while it is not complete enough to be read. */
export function useCheck(typed: Typed, meant: Meant, on: boolean): LeadCheck | undefined {
  const [asked] = useDebouncedValue(JSON.stringify(bodyOf(typed, meant)), pause);
  const body = JSON.parse(asked) as Body;
  const isEnough = on && body.company.name.trim().length >= lettersMin && typed.company.trim().length >= lettersMin;
  const { data, isError } = useQuery({
    queryKey: keys.list("lead", { check: asked }),
    queryFn: () => read(api.POST("/api/v1/leads/check", { body })),
    enabled: isEnough,
    // Half an address is no mistake yet: what is wrong is said when it is sent.
    retry: false,
    placeholderData: keepPreviousData,
  });
  return isEnough && !isError ? data : undefined;
}
