import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import { ApiProblem } from "~/api/problem";
import { show } from "~/test/render";
import { ConfirmDialog } from "./ConfirmDialog";
import { DataList } from "./DataList";
import { EditableCell } from "./EditableCell";
import { NumberField, TextField } from "./fields";
import { refusal } from "./FileDrop";
import { KofN } from "./figures";
import { QualificationDots } from "./QualificationDots";
import { ErrorState } from "./states";

describe("figures", () => {
  it("carry their sample", () => {
    show(<KofN k={108} n={600} />);
    expect(screen.getByText("18%")).toBeDefined();
    expect(screen.getByText("108 of 600")).toBeDefined();
  });

  it("say nothing from too small a sample", () => {
    show(<KofN k={3} n={5} />);
    expect(screen.queryByText("60%")).toBeNull();
    expect(screen.getByText("Too few to say")).toBeDefined();
    expect(screen.getByText("3 of 5")).toBeDefined();
  });
});

describe("qualification", () => {
  it("says each finding in words, unknown as unknown", () => {
    show(
      <QualificationDots
        findings={{ fit: "confirmed", need: "indicated", authority: "unknown", budget: "unknown", timing: "unknown" }}
      />,
      { language: "nl" },
    );
    const items = within(screen.getByRole("list", { name: "Kwalificatie" })).getAllByRole("listitem");
    expect(items.map((item) => item.textContent)).toEqual([
      "Match: bevestigd",
      "Behoefte: aangegeven",
      "Beslissingsbevoegdheid: onbekend",
      "Budget: onbekend",
      "Timing: onbekend",
    ]);
  });
});

describe("fields", () => {
  function Form({ onSubmit }: { onSubmit: () => void }) {
    const [name, setName] = useState("");
    const [email, setEmail] = useState("eva");
    return (
      <form onSubmit={(event) => (event.preventDefault(), onSubmit())}>
        <TextField label="Naam" value={name} onChange={setName} required />
        <TextField label="Adres" type="email" value={email} onChange={setEmail} />
        <button type="submit">Bewaren</button>
      </form>
    );
  }

  it("say themselves what is wrong, in the words of the page, and the first one has the focus", async () => {
    const onSubmit = vi.fn();
    show(<Form onSubmit={onSubmit} />, { language: "nl" });
    await userEvent.click(screen.getByRole("button", { name: "Bewaren" }));
    expect(screen.getByText("Vul dit in.")).toBeDefined();
    expect(screen.getByText(/^Dit is geen e-mailadres/)).toBeDefined();
    expect(document.activeElement).toBe(screen.getByLabelText("Naam"));
    expect(onSubmit).not.toHaveBeenCalled();
    await userEvent.type(screen.getByLabelText("Naam"), "Eva");
    expect(screen.queryByText("Vul dit in.")).toBeNull();
    await userEvent.type(screen.getByLabelText("Adres"), "@klant.example");
    await userEvent.click(screen.getByRole("button", { name: "Bewaren" }));
    expect(onSubmit).toHaveBeenCalledTimes(1);
  });
});

describe("numbers", () => {
  function Amount({ onChange }: { onChange: (value: number | null) => void }) {
    const [value, setValue] = useState<number | null>(0);
    const change = (next: number | null) => {
      setValue(next);
      onChange(next);
    };
    return <NumberField label="Prijs" value={value} onChange={change} decimals={2} />;
  }

  it.each([
    ["950,50", 950.5],
    ["950,05", 950.05],
    ["12,00", 12],
    ["10,", 10],
    ["1500", 1500],
    ["", null],
  ])("are what was typed: %s", async (typed, meant) => {
    const onChange = vi.fn();
    show(<Amount onChange={onChange} />, { language: "nl" });
    const field = screen.getByLabelText("Prijs");
    await userEvent.clear(field);
    if (typed !== "") await userEvent.type(field, typed);
    expect(onChange).toHaveBeenLastCalledWith(meant);
  });

  it.each([
    ["13", "Choose a number from 1 to 12."],
    ["0", "Choose a number from 1 to 12."],
    ["-5", "Choose a number from 1 to 12."],
    ["", "A number is needed here."],
  ])("that do not fit stay as they were typed, and the field says so: %s", async (typed, said) => {
    const onWrong = vi.fn();
    // A form that keeps only what fits.
    show(
      <NumberField label="Month" value={4} onChange={() => undefined} onWrong={onWrong} min={1} max={12} required />,
    );
    const field = screen.getByLabelText("Month");
    await userEvent.clear(field);
    if (typed !== "") await userEvent.type(field, typed);
    await userEvent.tab();
    expect((field as HTMLInputElement).value).toBe(typed);
    expect(screen.getByText(said)).toBeTruthy();
    expect(onWrong).toHaveBeenLastCalledWith(true);
  });
});

describe("errors", () => {
  it("say what happened and offer another try", async () => {
    const onRetry = vi.fn();
    show(<ErrorState error={new ApiProblem(0, "offline", "", "")} onRetry={onRetry} />);
    expect(screen.getByRole("alert").textContent).toContain("Kiem cannot be reached");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(onRetry).toHaveBeenCalled();
  });

  it.each([
    ["what a role does not allow", 403, "forbidden", "An owner or manager can do it"],
    ["what is not there", 404, "not_found", "Gone"],
  ])("offer no other try of %s", (_, status, code, said) => {
    show(<ErrorState error={new ApiProblem(status, code, "", "Gone")} onRetry={vi.fn()} />);
    expect(screen.getByRole("alert").textContent).toContain(said);
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });
});

describe("confirming", () => {
  const dialog = (onConfirm: () => Promise<void>, onClose = () => undefined) => (
    <ConfirmDialog
      opened
      title="Disqualify?"
      verb="Disqualify"
      danger
      reasons={[{ value: "small", label: "Too small" }]}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      It leaves the board.
    </ConfirmDialog>
  );

  it("needs a reason, and words for another reason", async () => {
    const onConfirm = vi.fn(async () => undefined);
    show(dialog(onConfirm));
    const verb = await screen.findByRole("button", { name: "Disqualify" });
    expect(verb).toHaveProperty("disabled", true);
    await userEvent.click(screen.getByLabelText("Another reason"));
    expect(verb).toHaveProperty("disabled", true);
    await userEvent.type(screen.getByLabelText("In your own words"), "Moved abroad");
    await userEvent.click(verb);
    await waitFor(() => expect(onConfirm).toHaveBeenCalledWith({ value: "other", text: "Moved abroad" }));
  });

  it("stays open and says why when it did not work", async () => {
    const onClose = vi.fn();
    show(
      dialog(
        () => Promise.reject(new ApiProblem(409, "conflict", "Changed meanwhile", "Somebody changed this.")),
        onClose,
      ),
    );
    await userEvent.click(await screen.findByLabelText("Too small"));
    await userEvent.click(screen.getByRole("button", { name: "Disqualify" }));
    expect((await screen.findByRole("alert")).textContent).toContain("Somebody changed this");
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe("lists", () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => ({ id: `r${index}`, name: `Company ${index}` }));

  function Listed({ onOpen = () => undefined }: { onOpen?: (id: string) => void }) {
    const [active, setActive] = useState<string | null>(null);
    const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
    return (
      <DataList
        id="test"
        label="Companies"
        rows={rows}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        columns={[{ id: "name", header: "Company", width: "1fr", cell: (row) => row.name, sortable: true }]}
        sort={{ column: "name", direction: "asc" }}
        onSort={() => undefined}
        selected={selected}
        onSelect={setSelected}
        activeId={active}
        onActive={(row) => setActive(row.id)}
        onOpen={(row) => onOpen(row.id)}
        empty={<p>Nothing</p>}
      />
    );
  }
  const key = (name: string) => fireEvent.keyDown(document.body, { key: name });
  const activeRow = () => screen.getByRole("grid").getAttribute("aria-activedescendant");

  it("name the box of each row", () => {
    // Rows are drawn only where there is room for them.
    const room = vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(400);
    show(<Listed />);
    expect(screen.getByRole("checkbox", { name: "Select Company 1" })).toBeDefined();
    room.mockRestore();
  });

  it("draw only what is seen and say how many there are", () => {
    show(<Listed />);
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("10001");
    expect(screen.getByText("10,000 rows")).toBeDefined();
    expect(screen.getByRole("columnheader", { name: "Company" }).getAttribute("aria-sort")).toBe("ascending");
  });

  it("move with j and k, select with x, open with Enter", async () => {
    const onOpen = vi.fn();
    show(<Listed onOpen={onOpen} />);
    key("j");
    await waitFor(() => expect(activeRow()).toBe("test-r0"));
    key("j");
    await waitFor(() => expect(activeRow()).toBe("test-r1"));
    key("k");
    await waitFor(() => expect(activeRow()).toBe("test-r0"));
    key("x");
    await waitFor(() => expect(screen.getByText("1 selected")).toBeDefined());
    key("Enter");
    await waitFor(() => expect(onOpen).toHaveBeenCalledWith("r0"));
  });
});

describe("facts that are changed in a list", () => {
  function Edited({ save }: { save: (value: string) => Promise<void> }) {
    const [isEditing, setEditing] = useState(true);
    return (
      <EditableCell
        label="Website"
        value="jansen.example"
        isEditing={isEditing}
        isReachable
        onEdit={() => setEditing(true)}
        onSave={save}
        onEnd={() => setEditing(false)}
      >
        jansen.example
      </EditableCell>
    );
  }
  const refusal = () =>
    new ApiProblem(422, "invalid", "Not right", "See the fields.", {}, [
      { field: "website", code: "invalid", detail: "This is no address of a website." },
    ]);

  it("stay open with what was typed and the reason when they are refused", async () => {
    const save = vi.fn(() => Promise.resolve()).mockRejectedValueOnce(refusal());
    show(<Edited save={save} />);
    const field = () => screen.getByRole("textbox", { name: "Website" }) as HTMLInputElement;
    fireEvent.change(field(), { target: { value: "geen site" } });
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(await screen.findByText("This is no address of a website.")).toBeDefined();
    expect(field().value).toBe("geen site");
    expect(field().getAttribute("aria-invalid")).toBe("true");
    fireEvent.blur(field());
    expect(save).toHaveBeenCalledTimes(1);
    fireEvent.change(field(), { target: { value: "goed.example" } });
    fireEvent.keyDown(field(), { key: "Enter" });
    await waitFor(() => expect(screen.queryByRole("textbox")).toBeNull());
    expect(save).toHaveBeenLastCalledWith("goed.example");
  });

  it("are left as they were with Escape, also after a refusal", async () => {
    const save = vi.fn(() => Promise.reject(refusal()));
    show(<Edited save={save} />);
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "" } });
    fireEvent.blur(screen.getByRole("textbox"));
    await screen.findByText("This is no address of a website.");
    fireEvent.keyDown(screen.getByRole("textbox"), { key: "Escape" });
    await waitFor(() => expect(screen.queryByRole("textbox")).toBeNull());
    expect(save).toHaveBeenCalledTimes(1);
  });
});

describe("places", () => {
  it("are found back after a visit elsewhere", () => {
    const scrolledTo = vi.fn();
    Element.prototype.scrollTo = scrolledTo as unknown as typeof Element.prototype.scrollTo;
    const list = (
      <DataList
        id="kept"
        label="Kept"
        rows={Array.from({ length: 500 }, (_, index) => ({ id: String(index) }))}
        rowId={(row) => row.id}
        columns={[{ id: "id", header: "Id", width: "1fr", cell: (row) => row.id }]}
        onOpen={() => undefined}
        empty={null}
      />
    );
    const { unmount } = show(list);
    fireEvent.scroll(screen.getByRole("grid"), { target: { scrollTop: 4000 } });
    unmount();
    show(list);
    expect(scrolledTo).toHaveBeenLastCalledWith(expect.objectContaining({ top: 4000 }));
  });
});

describe("files", () => {
  const file = { name: "Relaties.CSV", type: "application/vnd.ms-excel", size: 10 };
  it.each([
    [file, null],
    [{ ...file, size: 0 }, "empty"],
    [{ ...file, size: 101 }, "too_large"],
    [{ ...file, name: "photo.png" }, "wrong_kind"],
  ])("are refused before they are sent", (given, expected) => {
    expect(refusal(given, ".csv,text/csv", 100)).toBe(expected);
  });
});
