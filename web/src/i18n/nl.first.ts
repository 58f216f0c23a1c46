import shell from "~/shell/messages/nl.json";
import notices from "~/shell/notices/messages/nl.json";
import actions from "~/actions/messages/nl.json";
import kit from "~/kit/messages/nl.json";
import account from "~/account/messages/nl.json";
import api from "~/api/messages/nl.json";
import today from "~/parts/today/messages/nl.json";

/** The Dutch words of the frame and of the page that opens first: all that a browser waits for. */
const messages = {
  ...shell,
  ...notices,
  ...actions,
  ...kit,
  ...account,
  ...api,
  ...today,
};

export default messages;
