import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { funnel, leadProspect, plans, prospectOpportunity, sizes } from "~/gallery/data";
import { show } from "~/test/render";
import { FunnelPicture } from "./FunnelPicture";
import { LeadProspectPicture } from "./LeadProspectPicture";
import { PlanPicture, parsePercent, printedPercent } from "./PlanPicture";
import { ProspectOpportunityPicture, shorten } from "./ProspectOpportunityPicture";

const cells = () =>
  screen.getAllByRole("row", { hidden: true }).map((row) => [...row.children].map((cell) => cell.textContent));

describe.each(sizes)("with %s data", (size) => {
  it.each([340, 1000])("every picture draws at %i pixels without a broken number", (width) => {
    const { container } = show(
      <>
        <LeadProspectPicture data={leadProspect[size]} width={width} />
        <ProspectOpportunityPicture data={prospectOpportunity[size]} width={width} />
        <FunnelPicture data={funnel[size]} width={width} />
        <PlanPicture data={plans[size]} width={width} />
      </>,
    );
    expect(container.innerHTML).not.toMatch(/NaN|Infinity|undefined/);
    expect(screen.getAllByRole("figure")).toHaveLength(4);
  });
});

describe("lead against prospect", () => {
  it("says in a gate's label who went through and why", () => {
    show(<LeadProspectPicture data={leadProspect.small} width={1000} />);
    const gate = screen.getByRole("button", { name: /^Reply: 14 went through/ });
    expect(gate.getAttribute("aria-label")).toContain("Jolanda van den Berg of Van den Berg Installaties");
  });

  it("keeps what is pressed open until Escape, and opens from there", async () => {
    const onOpen = vi.fn();
    show(<LeadProspectPicture data={leadProspect.small} width={1000} onOpen={onOpen} />);
    const gate = screen.getByRole("button", { name: /^Reply/ });
    fireEvent.keyDown(gate, { key: "Enter" });
    await userEvent.click(screen.getAllByRole("button", { name: "Open" })[0]!);
    expect(onOpen).toHaveBeenCalledWith("p1");
    fireEvent.keyDown(document, { key: "Escape" });
    fireEvent.blur(gate);
    expect(screen.queryByRole("heading", { level: 4 })).toBeNull();
  });

  it("says the same as a table", () => {
    show(<LeadProspectPicture data={leadProspect.small} width={1000} />, { language: "nl" });
    expect(cells()).toContainEqual(["Nog nooit benaderd", "186"]);
    expect(cells()).toContainEqual(["Werd prospect door: Offerteaanvraag", "0"]);
    expect(cells()).toContainEqual(["Onderhandeling", "2"]);
  });
});

describe("prospect against opportunity", () => {
  it("shows an unknown value as unknown", () => {
    show(<ProspectOpportunityPicture data={prospectOpportunity.small} width={1000} />);
    expect(screen.getByText("3 without a value yet")).toBeDefined();
    expect(cells().some((row) => row[2] === "unknown")).toBe(true);
  });

  it("shortens a name at a word", () => {
    expect(shorten("Veldkamp Agri", 20)).toBe("Veldkamp Agri");
    expect(shorten("Noordzee Transport", 12)).toBe("Noordzee…");
    expect(shorten("Installatietechniek", 8)).toBe("Install…");
  });
});

describe("funnel", () => {
  it("prints a ratio only from enough, and always k of n", () => {
    show(<FunnelPicture data={funnel.small} width={1000} />);
    const drawing = within(screen.getByRole("group", { name: "From lead to customer" }));
    expect(drawing.getByText(/39%/).textContent).toContain("9 of 23");
    expect(drawing.getByText(/Too few to say/).textContent).toContain("3 of 9");
  });

  it("names why they left", () => {
    show(<FunnelPicture data={funnel.small} width={1000} />);
    expect(screen.getByRole("button", { name: /^Nurture: 5 left here.*Volgend jaar 4/ })).toBeDefined();
  });
});

describe("plan", () => {
  it("takes a typed ratio in Dutch and leaves nonsense out", async () => {
    const onRatio = vi.fn();
    show(<PlanPicture data={plans.small} width={1000} onRatio={onRatio} />, { language: "nl" });
    const field = screen.getByLabelText("Leads die prospect worden, in procent");
    await userEvent.clear(field);
    await userEvent.type(field, "3,5{Enter}");
    expect(onRatio).toHaveBeenCalledWith("lead_prospect", 0.035);
    await userEvent.clear(field);
    await userEvent.type(field, "veel");
    fireEvent.blur(field);
    expect(onRatio).toHaveBeenCalledTimes(1);
    expect(field).toHaveProperty("value", "2,8");
  });

  it.each([
    ["20", 0.2],
    ["2,8 %", 0.028],
    ["100", 1],
    ["0", null],
    ["101", null],
    ["-3", null],
    ["", null],
  ])("reads %s", (text, ratio) => {
    const read = parsePercent(text);
    if (ratio === null) expect(read).toBeNull();
    else expect(read).toBeCloseTo(ratio);
  });

  it("prints what it reads", () => {
    expect(printedPercent(0.028, "nl")).toBe("2,8");
    expect(printedPercent(0.2, "nl")).toBe("20");
    expect(printedPercent(0.05, "en")).toBe("5");
  });

  it("flags where it breaks first and says what mends it", () => {
    show(<PlanPicture data={plans.small} width={1000} mending="A third mailbox mends it." />);
    expect(screen.getByRole("note").textContent).toBe("A third mailbox mends it.");
    expect(screen.getAllByLabelText("Breaks here first")).toHaveLength(1);
  });
});
