import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "~/test/render";
import { GroundDialog } from "./GroundDialog";

const recorded = {
  basis: "designated_address",
  source: "Website of the company",
  source_detail: "Offers to this address, please.",
  evidence_url: "https://jansen.example/contact",
  obtained_on: "2026-11-02",
  recorded_at: "2026-11-03T08:00:00Z",
};
const dialog = (ground: typeof recorded | null) =>
  show(<GroundDialog contactId="c1" ground={ground} opened onClose={() => undefined} />);
const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label).value;

describe("the ground of one person", () => {
  it("is changed from what is recorded", async () => {
    dialog(recorded);
    expect(await screen.findByRole("dialog", { name: "Change the ground" })).toBeDefined();
    expect(field("On what ground may this person be approached?")).toBe("designated_address");
    expect(field("Where do the data come from?")).toBe(recorded.source);
    expect(field("Proof")).toBe(recorded.source_detail);
    expect(field("Page where it stands")).toBe(recorded.evidence_url);
    expect(field("Obtained on")).toBe("2026-11-02");
  });

  it("is asked for when none is recorded", async () => {
    dialog(null);
    expect(await screen.findByRole("dialog", { name: "Record the ground" })).toBeDefined();
    expect(field("On what ground may this person be approached?")).toBe("");
  });
});
