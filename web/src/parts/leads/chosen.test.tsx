import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "~/test/render";
import { Chosen } from "./Chosen";

describe("what is selected", () => {
  const chosen = (change: Partial<Parameters<typeof Chosen>[0]>) =>
    show(
      <Chosen
        said="3 leads selected."
        n={3}
        most={20_000}
        total={24}
        isCapped={false}
        isBusy={false}
        onAll={() => undefined}
        {...change}
      />,
    );

  it("is told as it is, with the way to all that match", () => {
    chosen({});
    expect(screen.getByRole("status").textContent).toBe("3 leads selected.");
    expect(screen.getByRole("button", { name: "Select all 24 that match" })).toBeDefined();
  });

  it("is never called all when more match than can be selected at once", () => {
    chosen({ total: 10_000, isCapped: true });
    expect(screen.getByRole("button", { name: "Select the first 20,000" })).toBeDefined();
  });

  it.each([{ total: 31_000 }, { total: 10_000, isCapped: true }])("says that more match: %o", (change) => {
    chosen({ n: 20_000, ...change });
    expect(screen.getByRole("status").textContent).toBe("The first 20,000 of more are selected.");
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("is said to be gathered while it is", () => {
    chosen({ isBusy: true });
    expect(screen.getByRole("status").textContent).toBe("Selecting …");
  });
});
