import { useAddress } from "~/shell/address";
import { CampaignPage } from "./CampaignPage";
import { CampaignsPage } from "./CampaignsPage";

/** All campaigns, or the one that the address names. */
export default function Campaigns() {
  const { id } = useAddress();
  return id === undefined ? <CampaignsPage /> : <CampaignPage key={id} id={id} />;
}
