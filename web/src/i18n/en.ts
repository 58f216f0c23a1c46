import shell from "~/shell/messages/en.json";
import actions from "~/actions/messages/en.json";
import kit from "~/kit/messages/en.json";
import pictures from "~/pictures/messages/en.json";
import account from "~/account/messages/en.json";
import api from "~/api/messages/en.json";
import today from "~/parts/today/messages/en.json";
import inbox from "~/parts/inbox/messages/en.json";
import leads from "~/parts/leads/messages/en.json";
import prospects from "~/parts/prospects/messages/en.json";
import pipeline from "~/parts/pipeline/messages/en.json";
import campaigns from "~/parts/campaigns/messages/en.json";
import audience from "~/parts/audience/messages/en.json";
import funnel from "~/parts/funnel/messages/en.json";
import planner from "~/parts/planner/messages/en.json";
import settings from "~/parts/settings/messages/en.json";
import mailboxes from "~/parts/settings/mailboxes/messages/en.json";
import practice from "~/parts/practice/messages/en.json";

/** All English messages. English is the reference: its keys are the keys that the program knows. */
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

export default messages;
