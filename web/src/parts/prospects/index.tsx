import { useAddress } from "~/shell/address";
import { Board } from "./Board";
import { RecordPage } from "./RecordPage";

/** The board, or the record of the prospect in the address. */
export default function ProspectsPage() {
  const { id, open } = useAddress();
  return id === undefined ? <Board onOpen={open} /> : <RecordPage id={id} onClose={() => open(undefined)} />;
}
