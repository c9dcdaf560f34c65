// Whether the page is of a fleet, as its status says, and of which gateway figures are wanted.
const PARAMETER = "gateway";
const MOST_NAMED = 5;
let known = null;
let gateway = new URLSearchParams(location.search).get(PARAMETER) ?? "";

export function setFleet(fleet) {
  known = fleet ?? null;
}

export const fleet = () => known;
// for a query: nothing at a gateway
export const ofGateway = () => (known ? gateway : "");
// One that the fleet has not heard of stays: the address is right again once it is.
export const gateways = () => [...new Set(["", gateway, ...(known?.gateways ?? [])])];

// The choice is in the address, so that it outlives a reload and can be handed on.
export function choose(name) {
  gateway = name;
  const search = new URLSearchParams(location.search);
  if (name) search.set(PARAMETER, name);
  else search.delete(PARAMETER);
  const text = search.toString();
  history.replaceState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
}

const named = (names) => (names.length > MOST_NAMED ? `${names.slice(0, MOST_NAMED).join(", ")} + ${names.length - MOST_NAMED}` : names.join(", "));

// What of the fleet is missing in the figures, in words; empty where they are whole.
export function missing(share, t, percent) {
  if (!share?.provisional) return [];
  const parts = [];
  if (share.missingShare > 0) parts.push(`${percent(share.missingShare)} ${t("of the fleet is not in it")}`);
  if (share.instances.length) parts.push(`${t("does not answer")}: ${named(share.instances)}`);
  if (share.behind.length) parts.push(t("some parts still read what came before"));
  if (share.silent.length) parts.push(`${t("silent")}: ${named(share.silent)}`);
  return parts.length ? parts : [t("no part of the fleet has answered yet")];
}
