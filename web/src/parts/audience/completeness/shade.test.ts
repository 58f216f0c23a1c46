import { expect, test } from "vitest";
import { shade } from "./shade";

const share = (percent: number | null) => ({ key: "26", known_n: 1, register_n: 2, percent });

test("a place is darker where more is known, and blank where nothing can be said", () => {
  expect([null, 0, 19, 20, 59, 60, 99, 100].map((percent) => shade(share(percent)))).toEqual([0, 1, 1, 2, 3, 4, 5, 5]);
});
