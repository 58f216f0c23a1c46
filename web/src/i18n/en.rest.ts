import pictures from "~/pictures/messages/en.json";
import inbox from "~/parts/inbox/messages/en.json";
import companies from "~/parts/companies/messages/en.json";
import leads from "~/parts/leads/messages/en.json";
import lists from "~/parts/lists/messages/en.json";
import prospects from "~/parts/prospects/messages/en.json";
import pipeline from "~/parts/pipeline/messages/en.json";
import campaigns from "~/parts/campaigns/messages/en.json";
import audience from "~/parts/audience/messages/en.json";
import funnel from "~/parts/funnel/messages/en.json";
import planner from "~/parts/planner/messages/en.json";
import settings from "~/parts/settings/messages/en.json";
import mailboxes from "~/parts/settings/mailboxes/messages/en.json";
import website from "~/parts/settings/website/messages/en.json";
import booking from "~/parts/settings/booking/messages/en.json";
import inlets from "~/parts/settings/inlets/messages/en.json";
import rules from "~/parts/settings/rules/messages/en.json";
import webhooks from "~/parts/settings/webhooks/messages/en.json";
import policy from "~/parts/settings/policy/messages/en.json";
import privacy from "~/parts/settings/privacy/messages/en.json";
import practice from "~/parts/practice/messages/en.json";

/** The English words of all other parts; they follow at once, and a part waits for them (`restOfWords`). */
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
