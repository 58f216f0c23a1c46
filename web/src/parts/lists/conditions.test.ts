import { describe, expect, it } from "vitest";
import {
  chosenColumns,
  fieldsOf,
  moved,
  readConditions,
  typedValues,
  withCondition,
  writeConditions,
} from "./conditions";

const town = { field: "town", op: "is", values: ["Utrecht", "Zeist"] };
const fit = { field: "fit", op: "at_least", values: ["60"] };

describe("conditions", () => {
  it("come back from the address as they were", () => {
    expect(readConditions("companies", writeConditions([town, fit]))).toEqual([town, fit]);
    expect(writeConditions([])).toBeUndefined();
    expect(readConditions("people", undefined)).toEqual([]);
  });

  it("are left out when the list does not know them", () => {
    const stage = { field: "stage", op: "is", values: ["lead"] };
    expect(readConditions("companies", JSON.stringify([stage, town]))).toEqual([stage, town]);
    expect(readConditions("people", JSON.stringify([stage, town]))).toEqual([town]);
    for (const wrong of [
      "{",
      "7",
      "[7]",
      '[{"field":"town","op":"at_least","values":["1"]}]',
      '[{"field":"town","op":"is","values":[]}]',
    ]) {
      expect(readConditions("companies", wrong)).toEqual([]);
    }
  });

  it("are replaced at their place", () => {
    expect(withCondition([town], undefined, fit)).toEqual([town, fit]);
    expect(withCondition([town, fit], 0, fit)).toEqual([fit, fit]);
  });

  it("take values with commas between them", () => {
    expect(typedValues(" Utrecht, Zeist,,Utrecht ")).toEqual(["Utrecht", "Zeist"]);
  });

  it("have fields with at least one way to compare", () => {
    for (const field of [...fieldsOf("companies"), ...fieldsOf("people")]) expect(field.ops.length).toBeGreaterThan(0);
  });
});

describe("columns", () => {
  it("are the usual ones until somebody chose", () => {
    expect(chosenColumns(["a", "b", "c"], ["a", "b"], [])).toEqual(["a", "b"]);
    expect(chosenColumns(["a", "b", "c"], ["a", "b"], ["c", "gone", "a"])).toEqual(["c", "a"]);
  });

  it("move by one place and no further than the ends", () => {
    expect(moved(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], "a", -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], "x", 1)).toEqual(["a", "b", "c"]);
  });
});
