import { act, fireEvent, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { show } from "~/test/render";
import { useTypedAhead } from "./typedAhead";

function Opening({ isOpening }: { isOpening: boolean }) {
  const typed = useTypedAhead(isOpening);
  return (
    <>
      <output>{typed}</output>
      <input aria-label="page" />
      <div role="dialog">
        <input aria-label="field" />
      </div>
    </>
  );
}

it("keeps the letters until the field has the focus, and none of them acts on the page", () => {
  const onPage = vi.fn();
  window.addEventListener("keydown", onPage);
  show(<Opening isOpening />);
  for (const key of ["b", "Shift", "g"]) act(() => void fireEvent.keyDown(screen.getByLabelText("page"), { key }));
  expect(screen.getByRole("status").textContent).toBe("bg");
  expect(onPage.mock.calls.map(([event]) => (event as KeyboardEvent).key)).toEqual(["Shift"]);
  fireEvent.keyDown(screen.getByLabelText("page"), { key: "k", ctrlKey: true });
  fireEvent.keyDown(screen.getByLabelText("field"), { key: "r" });
  expect(screen.getByRole("status").textContent).toBe("bg");
  window.removeEventListener("keydown", onPage);
});

it("leaves the page alone when nothing opens", () => {
  show(<Opening isOpening={false} />);
  expect(fireEvent.keyDown(screen.getByLabelText("page"), { key: "g" })).toBe(true);
  expect(screen.getByRole("status").textContent).toBe("");
});
