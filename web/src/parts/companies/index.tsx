import { CompaniesList } from "~/parts/lists/CompaniesList";
import { useAddress } from "~/shell/address";
import { CompanyRecord } from "./CompanyRecord";

/** All companies, or the one that the address names. */
export default function CompaniesPage() {
  const { id } = useAddress();
  return id === undefined ? <CompaniesList /> : <CompanyRecord key={id} id={id} />;
}
