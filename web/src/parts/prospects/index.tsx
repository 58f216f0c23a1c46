import { useAddress } from "~/shell/address";
import { Board } from "./Board";
import { List } from "./List";
import { RecordPage } from "./RecordPage";

/** The board, the list with what is open beside it, or the record of the prospect in the address. */
export default function ProspectsPage() {
  const { id, search } = useAddress();
  if (search.view === "list" && (id === undefined || search.full === undefined)) return <List />;
  return id === undefined ? <Board /> : <RecordPage key={id} id={id} />;
}
