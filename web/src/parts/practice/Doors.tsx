import { Button } from "@mantine/core";
import { useI18n } from "~/i18n";
import { Icon, type IconName } from "~/kit/icons";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { ErrorState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { type PracticeMail, useBounce, useDoors } from "./calls";
import { linkKind, shortUrl } from "./mail";
import classes from "./Practice.module.css";

/** Everything else that a reader can do: each opens the real page in a tab of its own. */
export function Doors({ mail }: { mail: PracticeMail }) {
  const { t } = useI18n();
  const doors = useDoors();
  const clicks = mail.links.filter((link) => linkKind(link) === "click");
  const optOut = mail.links.find((link) => linkKind(link) === "opt_out");
  const quote = mail.links.find((link) => linkKind(link) === "quote");
  return (
    <section className={classes.box} aria-label={t("practice.doors")}>
      <h3>{t("practice.doors")}</h3>
      {doors.error !== null && <ErrorState error={doors.error} />}
      <ul className={classes.doors}>
        {clicks.map((link) => (
          <Door
            key={link}
            icon="link"
            title={t("practice.door.click")}
            about={t("practice.door.click.about")}
            href={link}
          />
        ))}
        {quote !== undefined && (
          <Door
            icon="quote_request"
            title={t("practice.door.quote")}
            about={t("practice.door.quote.about")}
            href={quote}
          />
        )}
        <Door
          icon="visits"
          title={t("practice.door.site")}
          about={t(clicks.length === 0 ? "practice.door.site.unlinked" : "practice.door.site.about")}
          href={doors.site}
          section={doors.isPending ? undefined : "website"}
        />
        <Door
          icon="appointment"
          title={t("practice.door.booking")}
          about={t("practice.door.booking.about", { address: mail.address })}
          href={doors.booking}
          section={doors.isPending ? undefined : "booking"}
        />
        <Door
          icon="quote_request"
          title={t("practice.door.form")}
          about={t("practice.door.form.about", { address: mail.address })}
          href={doors.form}
          section={doors.isPending ? undefined : "inlets"}
        />
        {optOut !== undefined && (
          <Door
            icon="close"
            title={t("practice.door.opt_out")}
            about={t("practice.door.opt_out.about")}
            href={optOut}
          />
        )}
        <Bounce id={mail.id} />
      </ul>
    </section>
  );
}

/** What a server does when an address does not exist. */
function Bounce({ id }: { id: string }) {
  const i18n = useI18n();
  const { t } = i18n;
  const bounce = useBounce(id);
  return (
    <li className={classes.door}>
      <Icon name="undo" size={18} />
      <span>
        <Button
          variant="default"
          size="compact-sm"
          loading={bounce.isPending}
          onClick={() =>
            bounce.mutate(undefined, {
              onSuccess: () => notifyDone(t("practice.door.bounced")),
              onError: (error) => notifyProblem(error, i18n),
            })
          }
        >
          {t("practice.door.bounce")}
        </Button>
        <span className={classes.soft}>{t("practice.door.bounce.about")}</span>
      </span>
    </li>
  );
}

interface DoorProps {
  icon: IconName;
  title: string;
  about: string;
  href: string | undefined;
  /** Where to make it when there is none yet. */
  section?: "website" | "booking" | "inlets";
}

function Door({ icon, title, about, href, section }: DoorProps) {
  const { t } = useI18n();
  return (
    <li className={classes.door}>
      <Icon name={icon} size={18} />
      <span>
        {href !== undefined ? (
          <a href={href} title={shortUrl(href)} target="_blank" rel="noopener">
            {title}
          </a>
        ) : (
          <strong>{title}</strong>
        )}
        <span className={classes.soft}>
          {href !== undefined || section === undefined ? about : t("practice.door.none")}{" "}
          {href === undefined && section !== undefined && (
            <PartLink part="settings" id={section}>
              {t("practice.door.make")}
            </PartLink>
          )}
        </span>
      </span>
    </li>
  );
}
