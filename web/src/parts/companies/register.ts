import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import type { Format } from "~/i18n/format";

type Schemas = components["schemas"];
export type RegisterReading = Schemas["RegisterReadingView"];
export type RegisterCandidate = Schemas["RegisterCandidateView"];
export type RegisterTaking = Schemas["RegisterTakingView"];

const pollMs = 1500;
const registerKey = (id: string) => keys.one("company", id, "register");

/** An amount in thousandths of a euro, as it is written: two cents is € 0.02. */
export function mills(format: Format, amount: number): string {
  return format.money(amount / 10);
}

/** The price, the bounds, and whether there is a key at all. */
export function useRegisterAccess() {
  return useQuery({
    queryKey: keys.one("workspace", "register"),
    queryFn: () => read(api.GET("/api/v1/register-access")),
  });
}

/** What the register said about a company; asked again and again while it is being checked. */
export function useRegister(id: string) {
  const client = useQueryClient();
  const found = useQuery({
    queryKey: registerKey(id),
    queryFn: () => read(api.GET("/api/v1/companies/{id}/register", { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.waits_in == null ? false : pollMs),
  });
  const waits = found.data?.waits_in != null;
  const waited = useRef(false);
  useEffect(() => {
    // A check that ended may have changed facts of the company, and what the month cost.
    if (waited.current && !waits)
      void Promise.all(
        [keys.one("company", id), keys.one("workspace", "register")].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
    waited.current = waits;
  }, [waits, client, id]);
  return found;
}

/** Has the company checked now, for a price that was seen. */
export function useCheckRegister(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["RegisterCheckInput"]) =>
      read(api.POST("/api/v1/companies/{id}/register", { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: registerKey(id) }),
  });
}

/** Says which company of the register it is. */
export function useChooseInRegister(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["RegisterChoiceInput"]) =>
      read(api.POST("/api/v1/companies/{id}/register/choice", { params: { path: { id } }, body })),
    onSettled: () =>
      Promise.all([registerKey(id), keys.one("company", id)].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

/** Says that the company is none of those that the register offered. */
export function useRefuseInRegister(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.POST("/api/v1/companies/{id}/register/refusal", { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: registerKey(id) }),
  });
}

/** Takes the register's value of a fact over that a person typed in otherwise. */
export function useTakeFromRegister(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (field: string) =>
      api.POST("/api/v1/companies/{id}/register/taking", { params: { path: { id } }, body: { field } }),
    onSettled: () =>
      Promise.all(
        [registerKey(id), keys.one("company", id), keys.all("audience"), ["company", "list"]].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

/** Facts where a person typed in something else than the register says. */
export function contradictions(takings: readonly RegisterTaking[]): RegisterTaking[] {
  return takings.filter((taking) => taking.taken === "kept");
}
