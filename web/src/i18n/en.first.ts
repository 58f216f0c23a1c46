import shell from "~/shell/messages/en.json";
import notices from "~/shell/notices/messages/en.json";
import actions from "~/actions/messages/en.json";
import kit from "~/kit/messages/en.json";
import account from "~/account/messages/en.json";
import api from "~/api/messages/en.json";
import today from "~/parts/today/messages/en.json";

/** The English words of the frame and of the page that opens first: all that a browser waits for. */
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
