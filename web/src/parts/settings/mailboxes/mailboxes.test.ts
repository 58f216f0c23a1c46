import { describe, expect, it } from "vitest";
import { adviceFor, healthOf } from "./health";
import { type Mailbox, bodyOf, hoursFor, newMailbox, providerOf, providers, serversOf, usualPort } from "./presets";

const mailbox: Mailbox = {
  id: "b1",
  kind: "smtp_imap",
  address: "jan@bureau.example",
  display_name: "Jan",
  sent_folder: "",
  has_password: true,
  signature: "",
  daily_cap: 40,
  gap_seconds_min: 90,
  state: "active",
  n_refused_week: 0,
};

describe("presets", () => {
  it("log in with the address, always over a protected line", () => {
    for (const provider of providers) {
      const { smtp, imap } = serversOf(provider, " jan@bureau.example ");
      for (const server of [smtp, imap]) {
        expect(server.username).toBe("jan@bureau.example");
        expect(["tls", "start_tls"]).toContain(server.security);
      }
      expect(smtp.port).toBe(usualPort("smtp", smtp.security as "tls"));
      expect(imap.port).toBe(usualPort("imap", imap.security as "tls"));
      expect(providerOf(smtp)).toBe(provider);
    }
    expect(serversOf("own", "jan@bureau.example").imap.host).toBe("imap.bureau.example");
    expect(serversOf("own", "").imap.host).toBe("");
  });

  it("give practice no servers, and keep a stored password unless a new one is typed", () => {
    expect(newMailbox(true)).toMatchObject({ kind: "sandbox", smtp: null, imap: null });
    expect(newMailbox(false).kind).toBe("smtp_imap");
    expect(bodyOf(mailbox).password).toBeNull();
  });

  it("say how long a day's mails take", () => {
    expect(hoursFor(41, 90)).toBe(1);
    expect(hoursFor(0, 90)).toBe(0);
  });
});

describe("health", () => {
  it.each<[Partial<Mailbox>, string]>([
    [{ n_on_server: 120, n_taken_in: 120 }, "complete"],
    [{ n_on_server: 0, n_taken_in: 0 }, "complete"],
    [{ n_on_server: 120, n_taken_in: 119 }, "behind"],
    [{}, "unread"],
    [{ state: "failing", n_on_server: 5, n_taken_in: 5 }, "failing"],
    [{ read_problem: "the mail server refused the log-in", n_on_server: 5, n_taken_in: 5 }, "failing"],
    [{ state: "paused" }, "paused"],
    [{ kind: "sandbox" }, "practice"],
  ])("%o is %s", (change, health) => {
    expect(healthOf({ ...mailbox, ...change })).toBe(health);
  });

  it.each([
    ["535 5.7.139 Authentication unsuccessful", "login"],
    ["NO [AUTHENTICATIONFAILED] Invalid credentials", "login"],
    ["invalid peer certificate: UnknownIssuer", "certificate"],
    ["failed to lookup address information: Name or service not known", "name"],
    ["Connection refused (os error 111)", "refused"],
    ["the server did not answer in time: timed out", "timeout"],
    ["451 greylisted", "other"],
  ])("%s asks for advice about %s", (words, advice) => {
    expect(adviceFor(words)).toBe(advice);
  });
});
