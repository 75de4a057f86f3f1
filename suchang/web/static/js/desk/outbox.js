/**
 * What was granted at a desk and has to be told to the ledger: one act, from the first try on under one key, until there is a
 * final answer. Functions from an act to the next act; they know neither network nor storage nor clock.
 *
 * An act is `waiting` (to be sent, or sent without an answer), `settled` (the ledger has it all), `refused` (the ledger said
 * no: it stays until a person has settled it) or `closed` (by that person). Only what the server says for good moves it: a
 * missing, late or passing answer (`isFinal`) never does.
 *
 * @typedef {object} Grant
 * @property {string} key Idempotency-Key, the same for every try
 * @property {any} request item, beneficiary, details
 * @property {string} name what was granted, to be read by a person
 * @property {string} at
 * @property {'waiting' | 'settled' | 'refused'} state
 * @property {any} [problem]
 *
 * @typedef {object} Act
 * @property {string} id also the Idempotency-Key of the verification
 * @property {string} owner partner, site and operator; nobody else sends it
 * @property {string} by name of the operator
 * @property {string} text @property {string} domain @property {string} presentedAt @property {string} who
 * @property {string | null} verification its id, once the ledger has taken the verification
 * @property {Grant[]} grants
 * @property {'waiting' | 'settled' | 'refused' | 'closed'} state
 * @property {any} [problem] why, where it was refused
 * @property {boolean} [isLate] it was asked online, and the answer never came
 * @property {number} tries @property {number} notBefore milliseconds
 */

const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 5 * 60_000;

/** Tell whether an answer is for good. @param {number} status 0 for none */
export function isFinal(status) {
  return status >= 200 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
}

/** @param {Pick<Act, 'id' | 'owner' | 'by' | 'text' | 'domain' | 'presentedAt' | 'who'>} what @returns {Act} */
export function newAct(what) {
  return { verification: null, ...what, grants: [], state: 'waiting', tries: 0, notBefore: 0 };
}

/** Add what was granted; the same item for the same person is granted once on one presentation. @param {Act} act @param {any} request */
export function withGrant(act, request, { name, at, key = `${act.id}-${act.grants.length}` }) {
  const same = (one) => one.request.item === request.item && one.request.beneficiary === request.beneficiary && one.state !== 'refused' && !one.undone;
  if (act.grants.some(same)) return act;
  const grant = { key, request, name, at, state: 'waiting' };
  return { ...act, grants: [...act.grants, grant], state: act.state === 'settled' ? 'waiting' : act.state };
}

/** Take a grant back that no try has told to anybody; null where it is too late for that. @param {Act} act @param {string} key */
export function withoutGrant(act, key) {
  const grant = act.grants.find((one) => one.key === key);
  if (!grant || grant.state !== 'waiting' || grant.tried) return null;
  // It stays in its place, so that no later grant takes its key.
  const kept = { ...act, grants: act.grants.map((one) => (one === grant ? { ...one, state: 'settled', undone: true } : one)) };
  return act.verification === null ? kept : concluded(kept);
}

/**
 * Say what to send next for an act: the verification, then each grant.
 *
 * @param {Act} act @param {number} now
 * @returns {null | {path: string, key: string, body: any, grant: number | null}}
 */
export function nextRequest(act, now) {
  if (act.state !== 'waiting' || now < act.notBefore) return null;
  if (act.verification === null) {
    const body = { presentation: act.text, purpose: act.domain, presented_at: act.presentedAt };
    return { path: '/api/v1/verifications', key: act.id, body, grant: null };
  }
  const place = act.grants.findIndex((one) => one.state === 'waiting');
  if (place < 0) return null;
  const grant = act.grants[place];
  // Where the answer to an online request is what is missing, the request is the same again.
  const body = { verification: act.verification, ...grant.request, ...(act.isLate ? {} : { presented_at: grant.at }) };
  return { path: '/api/v1/redemptions', key: grant.key, body, grant: place };
}

/** Note that a request goes out: from here on it may have arrived. @param {Act} act */
export function sending(act, { grant }) {
  if (grant === null) return act;
  return { ...act, grants: act.grants.map((one, place) => (place === grant ? { ...one, tried: true } : one)) };
}

/**
 * Take an answer to a request. An answer that another tab has taken already changes nothing.
 *
 * @param {Act} act
 * @param {{grant: number | null}} request
 * @param {{status: number, body?: any}} answer
 * @param {number} now
 * @returns {Act}
 */
export function answered(act, { grant }, { status, body = null }, now) {
  if (act.state === 'closed') return act;
  if (!isFinal(status)) return later(act, now);
  const rested = { ...act, tries: 0, notBefore: 0 };
  if (grant === null) {
    if (act.verification !== null) return act;
    const taken = status < 300 && body?.outcome === 'accepted';
    if (taken) return concluded({ ...rested, verification: body.id });
    return { ...rested, state: 'refused', problem: problemOf(status, body) };
  }
  if (act.grants[grant].state !== 'waiting') return act;
  const change = status < 300 ? { state: 'settled', redemption: body?.id ?? null } : { state: 'refused', problem: problemOf(status, body) };
  return concluded({ ...rested, grants: act.grants.map((one, place) => (place === grant ? { ...one, ...change } : one)) });
}

function later(act, now) {
  const tries = act.tries + 1;
  return { ...act, tries, notBefore: now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(tries - 1, 10)) };
}

function concluded(act) {
  if (act.grants.some((one) => one.state === 'waiting')) return { ...act, state: 'waiting' };
  return { ...act, state: act.grants.some((one) => one.state === 'refused') ? 'refused' : 'settled' };
}

function problemOf(status, body) {
  return { status, code: body?.reason ?? body?.code ?? null, text: body?.text ?? null };
}

/** A person has settled what the ledger refused. @param {Act} act @param {{how: string, at: string}} note */
export function closed(act, note) {
  return act.state === 'refused' ? { ...act, state: 'closed', note } : act;
}

/** Tell whether there is something that nobody must lose. @param {Act} act */
export function isOpen(act) {
  return act.state === 'waiting' || act.state === 'refused';
}
