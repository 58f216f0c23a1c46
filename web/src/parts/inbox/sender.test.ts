import { describe, expect, it } from "vitest";
import { companyDomain, senderOf } from "./sender";

describe("a new lead from the sender of a mail", () => {
  it.each([
    ["Eva van der Meer", "Eva", "van der", "Meer"],
    ["Meer, Eva van der", "Eva", "van der", "Meer"],
    ['"Piet Jansen | Jansen Installatie"', "Piet", "", "Jansen"],
    ["Jan-Willem de Boer-Smit", "Jan-Willem", "de", "Boer-Smit"],
    ["Madonna", "Madonna", "", ""],
    ["Lars van", "Lars", "", "van"],
    ["info@klant.example", "", "", ""],
    ["", "", "", ""],
  ])("reads the name %s", (name, given, infix, family) => {
    expect(senderOf(name, "x@klant.example")).toMatchObject({ given, infix, family });
  });

  it.each([
    ["eva@bakkerij-klant.nl", "Bakkerij Klant", "bakkerij-klant.nl"],
    ["eva@mail.klant.co.uk", "Klant", "mail.klant.co.uk"],
    ["eva@gmail.com", "", ""],
    ["eva@ziggo.nl", "", ""],
  ])("guesses the company of %s", (address, company, website) => {
    expect(senderOf("Eva", address)).toMatchObject({ company, website, email: address });
  });

  it("takes the company of a colleague whom we know", () => {
    expect(senderOf("Eva", "eva@klant.example", "Bakkerij Klant B.V.").company).toBe("Bakkerij Klant B.V.");
    expect(companyDomain("Eva@Klant.Example")).toBe("klant.example");
    expect(companyDomain("nonsense")).toBeUndefined();
  });
});
