import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { show } from "~/test/render";
import FirstStart from "./FirstStart";
import LogIn from "./LogIn";

afterEach(() => vi.restoreAllMocks());

const posts = (answer: () => Promise<unknown>) =>
  vi.spyOn(api, "POST").mockImplementation(answer as unknown as typeof api.POST);

describe("log in", () => {
  const fill = async () => {
    await userEvent.type(screen.getByLabelText("E-mail address"), " sanne@bureau.example ");
    await userEvent.type(screen.getByLabelText("Password"), "een lang zinnetje");
  };

  it("sends what was typed, without the blanks around the address", async () => {
    const post = posts(async () => ({ data: {} }));
    show(<LogIn />);
    expect(screen.getByRole("button", { name: "Log in" })).toHaveProperty("disabled", true);
    await fill();
    await userEvent.click(screen.getByRole("button", { name: "Log in" }));
    await waitFor(() =>
      expect(post).toHaveBeenCalledWith("/api/v1/session", {
        body: { email: "sanne@bureau.example", password: "een lang zinnetje" },
      }),
    );
  });

  it("says that the two do not belong together, not which of them is wrong", async () => {
    posts(() =>
      Promise.reject(
        new ApiProblem(409, "wrong_login", "Log-in failed", "Address and password do not belong together."),
      ),
    );
    show(<LogIn />);
    await fill();
    await userEvent.click(screen.getByRole("button", { name: "Log in" }));
    expect((await screen.findByRole("alert")).textContent).toBe("Address and password do not belong together.");
  });

  it("counts down the wait that the server asks for", async () => {
    posts(() => Promise.reject(new ApiProblem(429, "too_many_requests", "Too fast", "Wait.", {}, [], 8)));
    show(<LogIn />);
    await fill();
    await userEvent.click(screen.getByRole("button", { name: "Log in" }));
    expect((await screen.findByRole("alert")).textContent).toBe("Wait 8 seconds before the next try.");
    expect(screen.getByRole("button", { name: "Log in" })).toHaveProperty("disabled", true);
  });
});

describe("first start", () => {
  it("makes the owner in the language of the page, practising unless told otherwise", async () => {
    const post = posts(async () => ({ data: {} }));
    show(<FirstStart />, { language: "nl" });
    await userEvent.type(screen.getByLabelText("Je naam"), "Sanne de Vries");
    await userEvent.type(screen.getByLabelText("E-mailadres"), "sanne@bureau.example");
    await userEvent.type(screen.getByLabelText("Wachtwoord"), "kort");
    await userEvent.type(screen.getByLabelText("Naam van je werkruimte"), "Bureau Noord");
    expect(screen.getByText("Dit is te kort.")).toBeDefined();
    expect(screen.getByRole("button", { name: "Beginnen" })).toHaveProperty("disabled", true);
    await userEvent.type(screen.getByLabelText("Wachtwoord"), " maar nu een zinnetje");
    await userEvent.click(screen.getByRole("button", { name: "Beginnen" }));
    await waitFor(() =>
      expect(post).toHaveBeenCalledWith("/api/v1/setup", {
        body: {
          name: "Sanne de Vries",
          email: "sanne@bureau.example",
          password: "kort maar nu een zinnetje",
          workspace_name: "Bureau Noord",
          practice: true,
          language: "nl",
        },
      }),
    );
  });

  it("shows the server's refusal below the field it is about", async () => {
    posts(() =>
      Promise.reject(
        new ApiProblem(422, "invalid", "", "", {}, [
          { field: "password", code: "password_known", detail: "Choose another." },
        ]),
      ),
    );
    show(<FirstStart />);
    await userEvent.type(screen.getByLabelText("Your name"), "Sanne");
    await userEvent.type(screen.getByLabelText("E-mail address"), "sanne@bureau.example");
    await userEvent.type(screen.getByLabelText("Password"), "wachtwoord123");
    await userEvent.type(screen.getByLabelText("Name of your workspace"), "Noord");
    await userEvent.click(screen.getByRole("button", { name: "Start" }));
    expect(await screen.findByText("Choose another.")).toBeDefined();
  });
});
