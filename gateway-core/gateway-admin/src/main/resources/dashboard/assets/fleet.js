// Whether the page is of a fleet, as its status says, and of which gateway figures are wanted.
let known = null;
let gateway = "";

export function setFleet(fleet) {
  known = fleet ?? null;
  if (gateway && !known?.gateways.includes(gateway)) gateway = "";
}

export const fleet = () => known;
// for a query: nothing at a gateway
export const ofGateway = () => gateway;

export function choose(name) {
  gateway = name;
}

// What of the fleet is missing in the figures, in words; empty where they are whole.
export function missing(share, t, percent) {
  if (!share?.provisional) return "";
  const parts = [];
  if (share.missingShare > 0) parts.push(`${percent(share.missingShare)} ${t("of the fleet is not in it")}`);
  if (share.silent.length) parts.push(`${t("silent")}: ${share.silent.join(", ")}`);
  return parts.join(" · ");
}
