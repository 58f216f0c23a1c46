import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { type Subject, keys } from "~/api/query";
import { useMay } from "~/api/session";
import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type CompanyDetail = Schemas["CompanyDetailView"];
export type CompanyFacts = Schemas["CompanyView"];
export type ContactFacts = Schemas["ContactView"];
export type SourcedFact = Schemas["SourcedFactView"];

export function useCompany(id: string) {
  return useQuery({
    queryKey: keys.one("company", id),
    queryFn: () => read(api.GET("/api/v1/companies/{id}", { params: { path: { id } } })),
  });
}

/** Everything that shows facts of a company or its people. */
const touched: readonly Subject[] = ["company", "contact", "lead", "prospect", "thread", "audience"];

/** A change of facts; what it touches is asked for anew. */
export function useChangeFacts<Vars>(change: (vars: Vars) => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await Promise.all(touched.map((subject) => client.invalidateQueries({ queryKey: keys.all(subject) })));
      onDone();
    },
  });
}

/** Whether facts are this person's to change: who works the audience does. */
export function useMayChangeFacts(): boolean {
  return useMay("work_audience");
}
