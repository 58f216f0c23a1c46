import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useI18n } from "~/i18n";
import { PromotionReceipt } from "~/parts/inbox/PromotionReceipt";

/** Opens the receipts: rule, evidence, the mail that caused it, and the way to take it back. One for each person. */
export function ReceiptButton({ promotions }: { promotions: readonly string[] }) {
  const { t } = useI18n();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {t("prospects.receipt")}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("kit.receipt")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        size="lg"
      >
        {opened && promotions.map((id) => <PromotionReceipt key={id} id={id} />)}
      </Modal>
    </>
  );
}
