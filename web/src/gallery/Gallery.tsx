import { Button, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useMemo, useState } from "react";
import { ApiProblem } from "~/api/problem";
import { type Language, languages, useI18n } from "~/i18n";
import { Chip, GradeChip, IntentChip, Kbd, StageBadge, StatusDot, grades, intents } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { DataList, type Sort } from "~/kit/DataList";
import { FileDrop } from "~/kit/FileDrop";
import { FilterBar } from "~/kit/FilterBar";
import { AreaField, NumberField, PasswordField, SelectField, SwitchField, TextField } from "~/kit/fields";
import { KofN, Money, When } from "~/kit/figures";
import { QualificationDots } from "~/kit/QualificationDots";
import { Receipt } from "~/kit/Receipt";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { Timeline } from "~/kit/Timeline";
import { FunnelPicture } from "~/pictures/FunnelPicture";
import { LeadProspectPicture } from "~/pictures/LeadProspectPicture";
import { PlanPicture, type PlanRatioId } from "~/pictures/PlanPicture";
import { ProspectOpportunityPicture } from "~/pictures/ProspectOpportunityPicture";
import { stages } from "~/theme/theme";
import { type Size, funnel, leadProspect, plans, prospectOpportunity, sizes } from "./data";
import classes from "./Gallery.module.css";

/** Everything that pages are built from, in one place to look at. Only in `vite dev`; never in a build. */
export default function Gallery() {
  const asked = new URLSearchParams(location.search);
  const [size, setSize] = useState<Size>(sizes.find((each) => each === asked.get("size")) ?? "small");
  const { language, setLanguage } = useI18n();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const only = asked.get("only");
  const parts = {
    lead: <LeadProspectPicture data={leadProspect[size]} onOpen={() => undefined} />,
    opportunity: <ProspectOpportunityPicture data={prospectOpportunity[size]} onOpen={() => undefined} />,
    funnel: <FunnelPicture data={funnel[size]} />,
    plan: <Plan size={size} />,
    kit: <Kit />,
    list: <List size={size} />,
  };
  return (
    <main className={classes.gallery}>
      <h1 className="hidden-text">Gallery</h1>
      {only === null && (
        <div className={classes.bar}>
          <SegmentedControl
            value={size}
            onChange={(value) => setSize(value as Size)}
            data={[...sizes]}
            aria-label="Size"
          />
          <SegmentedControl
            value={language}
            onChange={(value) => setLanguage(value as Language)}
            data={[...languages]}
            aria-label="Language"
          />
          <SegmentedControl
            value={colorScheme}
            onChange={(value) => setColorScheme(value as "light")}
            data={["light", "dark", "auto"]}
            aria-label="Colours"
          />
        </div>
      )}
      {Object.entries(parts)
        .filter(([name]) => only === null || name === only)
        .map(([name, part]) => (
          <div key={name} data-part={name}>
            {part}
          </div>
        ))}
    </main>
  );
}

function Plan({ size }: { size: Size }) {
  const [typed, setTyped] = useState<Partial<Record<PlanRatioId, number>>>({});
  const plan = plans[size];
  const ratios = Object.fromEntries(
    Object.entries(plan.ratios).map(([id, ratio]) => {
      const value = typed[id as PlanRatioId];
      return [id, value === undefined ? ratio : { ...ratio, value, source: "typed" as const }];
    }),
  ) as typeof plan.ratios;
  return (
    <PlanPicture
      data={{ ...plan, ratios }}
      mending={
        plan.breaks_first === null
          ? undefined
          : "From September on you need 194 mails per working day and your two mailboxes may send 120. A third mailbox, or 4 prospects more out of every 100 leads, mends it."
      }
      onRatio={(id, value) => setTyped((before) => ({ ...before, [id]: value }))}
    />
  );
}

interface Row {
  id: string;
  name: string;
  city: string;
  fit: number;
}

function List({ size }: { size: Size }) {
  const all = useMemo<Row[]>(
    () =>
      Array.from({ length: { empty: 0, small: 40, large: 100_000 }[size] }, (_, index) => ({
        id: String(index),
        name: `Bedrijf ${index + 1}`,
        city: ["Utrecht", "Gent", "Zwolle", "Breda"][index % 4] ?? "",
        fit: (index * 37) % 100,
      })),
    [size],
  );
  const [sort, setSort] = useState<Sort>({ column: "name", direction: "asc" });
  const [active, setActive] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [query, setQuery] = useState("");
  const rows = useMemo(() => {
    const sign = sort.direction === "asc" ? 1 : -1;
    const found = all.filter((row) => row.name.includes(query));
    return sort.column === "fit"
      ? found.toSorted((a, b) => sign * (a.fit - b.fit))
      : sign === 1
        ? found
        : found.toReversed();
  }, [all, sort, query]);
  return (
    <>
      <FilterBar
        query={query}
        onQuery={setQuery}
        filters={[{ id: "city", label: "City", options: [{ value: "gent", label: "Gent" }] }]}
      />
      <div className={classes.list}>
        <DataList
          id="gallery"
          label="Companies"
          rows={rows}
          rowId={(row) => row.id}
          columns={[
            { id: "name", header: "Company", width: "minmax(160px, 2fr)", cell: (row) => row.name, sortable: true },
            { id: "city", header: "City", width: "minmax(100px, 1fr)", cell: (row) => row.city },
            { id: "fit", header: "Fit", width: "80px", cell: (row) => row.fit, sortable: true, align: "end" },
          ]}
          sort={sort}
          onSort={setSort}
          selected={selected}
          onSelect={setSelected}
          activeId={active}
          onActive={(row) => setActive(row.id)}
          onOpen={(row) => setActive(row.id)}
          empty={<EmptyState icon="company" title="No companies" sentence="Nothing here yet." compact />}
        />
      </div>
    </>
  );
}

function Kit() {
  const [asks, setAsks] = useState(false);
  return (
    <div className={classes.kit}>
      <Chips />
      <Documents onAsk={() => setAsks(true)} />
      <Fields onAsk={() => setAsks(true)} />
      <ErrorState error={new ApiProblem(0, "offline", "", "")} onRetry={() => undefined} />
      <Skeleton shape="list" rows={3} />
      <ConfirmDialog
        opened={asks}
        title="Not a prospect?"
        verb="Not a prospect"
        danger
        reasons={[
          { value: "not_them", label: "Somebody else wrote this" },
          { value: "polite", label: "Only being polite" },
        ]}
        onConfirm={() => undefined}
        onClose={() => setAsks(false)}
      >
        The lead goes back to the list. The evidence is kept and counts no more.
      </ConfirmDialog>
    </div>
  );
}

function Chips() {
  return (
    <>
      <div className={classes.row}>
        {stages.map((stage) => (
          <StageBadge key={stage} stage={stage} />
        ))}
        {stages.map((stage) => (
          <StageBadge key={stage} stage={stage} as="chip" />
        ))}
      </div>
      <div className={classes.row}>
        {grades.map((grade) => (
          <GradeChip key={grade} grade={grade} />
        ))}
        <Chip meaning="danger" icon="clock">
          Overdue
        </Chip>
      </div>
      <div className={classes.row}>
        {intents.map((intent, index) => (
          <IntentChip key={intent} intent={intent} probability={0.97 - index * 0.04} needsLook={intent === "other"} />
        ))}
      </div>
      <div className={classes.row}>
        <KofN k={108} n={600} />
        <KofN k={3} n={5} />
        <Money cents={1_250_000} />
        <Money cents={123_450} />
        <Money cents={null} />
        <When at={new Date(Date.now() - 3 * 86_400_000).toISOString()} as="due" />
        <When at={new Date(Date.now() + 7_200_000).toISOString()} as="due" />
        <Kbd shortcut="g t" />
        <Kbd shortcut="mod+k" />
        <StatusDot meaning="customer" label="Healthy" />
        <StatusDot label="Not connected" hollow />
      </div>
      <div className={classes.row}>
        <QualificationDots
          findings={{
            fit: "confirmed",
            need: "indicated",
            authority: "unknown",
            budget: "unknown",
            timing: "indicated",
          }}
        />
        <QualificationDots
          as="list"
          findings={{
            fit: "confirmed",
            need: "indicated",
            authority: "unknown",
            budget: "unknown",
            timing: "indicated",
          }}
        />
      </div>
    </>
  );
}

function Documents({ onAsk }: { onAsk: () => void }) {
  return (
    <>
      <Receipt
        sentence="Jolanda van den Berg asked on 20 November what it costs for three locations."
        at="2026-11-20T09:12:30Z"
        rule="R1, version 1"
        evidence={[
          {
            id: "1",
            signal: "reply",
            at: "2026-11-20T09:12:00Z",
            summary: "Replied to our second mail",
            quote: "Interessant. Wat kost dit voor drie vestigingen?",
          },
          {
            id: "2",
            signal: "case_study",
            at: "2026-11-19T20:02:00Z",
            summary: "Read the case study of Hofstra Bouw",
            href: "#",
          },
        ]}
        cause={{ summary: "Warmtepompen zonder wachttijd", at: "2026-11-18T08:30:00Z", text: "Dag Eva" }}
        told={["Sanne de Vries"]}
        onContest={onAsk}
      />
      <Timeline
        label="Timeline"
        items={[
          {
            id: "t1",
            at: new Date(Date.now() - 3_600_000).toISOString(),
            icon: "reply",
            by: "them",
            title: "Replied: asks a question",
            body: "Wat kost dit voor drie vestigingen?",
          },
          {
            id: "t2",
            at: new Date(Date.now() - 200_000_000).toISOString(),
            icon: "mail",
            by: "us",
            title: "We mailed: Warmtepompen zonder wachttijd",
            body: "Beste Jolanda, ...",
            folded: true,
          },
        ]}
      />
    </>
  );
}

function Fields({ onAsk }: { onAsk: () => void }) {
  const [text, setText] = useState("");
  const [on, setOn] = useState(true);
  const [amount, setAmount] = useState<number | null>(12_500);
  return (
    <div className={classes.fields}>
      <TextField label="Company" hint="As it is known" value={text} onChange={setText} required />
      <TextField label="E-mail" value="jan@" onChange={setText} error="This is not an e-mail address." />
      <PasswordField label="Password" value={text} onChange={setText} autoComplete="new-password" />
      <NumberField label="Value" value={amount} onChange={setAmount} prefix="€ " />
      <SelectField
        label="Role"
        value="a"
        onChange={setText}
        options={[
          { value: "a", label: "Sales" },
          { value: "b", label: "Marketing" },
        ]}
      />
      <AreaField label="Note" value={text} onChange={setText} />
      <SwitchField label="Stop at a reply" hint="They receive no further mail." checked={on} onChange={setOn} />
      <FileDrop label="Your list" accept=".csv" bytesMax={20e6} onFile={() => undefined} />
      <div className={classes.row}>
        <Button onClick={onAsk}>Ask</Button>
        <Button variant="default">Not now</Button>
        <Button variant="light">Light</Button>
        <Button variant="subtle">Subtle</Button>
        <Button color="danger">Remove</Button>
        <Button disabled>Disabled</Button>
      </div>
    </div>
  );
}
