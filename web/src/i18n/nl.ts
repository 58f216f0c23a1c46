import shell from "~/shell/messages/nl.json";
import actions from "~/actions/messages/nl.json";
import kit from "~/kit/messages/nl.json";
import pictures from "~/pictures/messages/nl.json";
import account from "~/account/messages/nl.json";
import api from "~/api/messages/nl.json";
import today from "~/parts/today/messages/nl.json";
import inbox from "~/parts/inbox/messages/nl.json";
import leads from "~/parts/leads/messages/nl.json";
import prospects from "~/parts/prospects/messages/nl.json";
import pipeline from "~/parts/pipeline/messages/nl.json";
import campaigns from "~/parts/campaigns/messages/nl.json";
import audience from "~/parts/audience/messages/nl.json";
import funnel from "~/parts/funnel/messages/nl.json";
import planner from "~/parts/planner/messages/nl.json";
import settings from "~/parts/settings/messages/nl.json";
import mailboxes from "~/parts/settings/mailboxes/messages/nl.json";
import practice from "~/parts/practice/messages/nl.json";
import type en from "./en";

/** All Dutch messages. */
const messages = {
  ...shell,
  ...actions,
  ...kit,
  ...pictures,
  ...account,
  ...api,
  ...today,
  ...inbox,
  ...leads,
  ...prospects,
  ...pipeline,
  ...campaigns,
  ...audience,
  ...funnel,
  ...planner,
  ...settings,
  ...mailboxes,
  ...practice,
};

// Equal keys, both ways: a missing Dutch message fails here, and so does one that English does not have.
const complete: Record<keyof typeof en, string> = messages;
type Superfluous = Exclude<keyof typeof messages, keyof typeof en>;
const nothingSuperfluous: [Superfluous] extends [never] ? true : Superfluous = true;
void nothingSuperfluous;

export default complete;
