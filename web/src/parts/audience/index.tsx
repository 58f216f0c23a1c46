import { Button, SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { PartLink } from "~/shell/PartLink";
import { useAddress } from "~/shell/address";
import classes from "./Audience.module.css";
import { Completeness } from "./completeness/Completeness";
import { Duplicates } from "./duplicates/Duplicates";
import { ImportWizard } from "./import/ImportWizard";
import { Imports } from "./Imports";
import { Informing } from "./informing/Informing";
import { Requests } from "./informing/Requests";
import { ProfileEditor } from "./profile/ProfileEditor";
import { Reach } from "./Reach";
import { Register } from "./Register";
import { Suppressions } from "./Suppressions";
import { type View, views } from "./views";
import { Websites } from "./Websites";

/** Bringing lists in, who the ideal customer is, who must not be approached, and how much of it may be mailed. */
export default function AudiencePage() {
  const { t } = useI18n();
  const address = useAddress();
  const view: View = views.find((each) => each === address.search.view) ?? "lists";
  if (address.id !== undefined) {
    return (
      <Page
        title={t("audience.import.title")}
        actions={
          <Button component={PartLink} part="audience" variant="default" leftSection={<Icon name="left" size={16} />}>
            {t("shell.nav.audience")}
          </Button>
        }
      >
        <div className={classes.narrow}>
          <ImportWizard id={address.id} />
        </div>
      </Page>
    );
  }
  return (
    <Page title={t("shell.nav.audience")} about={t("audience.about")} actions={<ToTheLists />}>
      <div className={classes.stack}>
        <div className={classes.views}>
          <SegmentedControl
            value={view}
            onChange={(next) =>
              address.set(
                { view: next === "lists" ? undefined : next, show: undefined, of: undefined },
                { replace: true },
              )
            }
            data={views.map((each) => ({ value: each, label: t(`audience.view.${each}`) }))}
            aria-label={t("shell.nav.audience")}
          />
        </div>
        {view === "lists" && (
          <>
            <Reach />
            <Imports onOpen={(id) => address.open(id)} />
          </>
        )}
        {view === "completeness" && <Completeness />}
        {view === "duplicates" && <Duplicates />}
        {view === "profile" && <ProfileEditor />}
        {view === "websites" && <Websites />}
        {view === "register" && <Register />}
        {view === "informing" && <Informing />}
        {view === "requests" && <Requests />}
        {view === "suppressions" && <Suppressions />}
      </div>
    </Page>
  );
}

/** To all companies and people, as lists. */
function ToTheLists() {
  const { t } = useI18n();
  return (
    <>
      <Button
        component={Link}
        to="/companies/{-$id}"
        params={{} as never}
        variant="default"
        leftSection={<Icon name="company" size={16} />}
      >
        {t("lists.companies")}
      </Button>
      <Button
        component={Link}
        to="/people/{-$id}"
        params={{} as never}
        variant="default"
        leftSection={<Icon name="person" size={16} />}
      >
        {t("lists.people")}
      </Button>
    </>
  );
}
