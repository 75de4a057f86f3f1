/**
 * The shapes of credential and holder proof. Each reader gives the typed value, or `null` for malformed.
 */

import { isObject } from './strict_json.js';

export const LIST_SIZE = 2 ** 20;
/** Seconds that an online code lives. */
const ONLINE_LIFE = 50;
const LAST_MOMENT = 253_402_300_799; // 9999-12-31T23:59:59Z

const SUB = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const JTI = /^[A-Za-z0-9_-]{16}$/;
const NONCE = /^[A-Za-z0-9_-]{16}(?:[A-Za-z0-9_-]{5}[AQgw])?$/;
const BYTES32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const TIER = /^[A-Za-z0-9_-]{1,16}$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * @typedef {'device' | 'print' | 'online'} Assurance
 *
 * @typedef {object} Credential
 * @property {string} iss
 * @property {string} vct
 * @property {number} iat
 * @property {number} exp
 * @property {number | null} nbf
 * @property {string} sub
 * @property {string} tier
 * @property {string} name masked
 * @property {number} dom bits of the benefit domains
 * @property {string | null} rel
 * @property {string | null} jti
 * @property {{idx: number, uri: string} | null} status
 * @property {Record<string, unknown> | null} holderKey JWK
 *
 * @typedef {object} Proof
 * @property {number} iat
 * @property {string} aud
 * @property {string} nonce
 * @property {string} sdHash
 */

/** @type {Readonly<Record<string, Assurance>>} */
const ASSURANCES = Object.freeze({
  'urn:suchang:card:device:1': 'device',
  'urn:suchang:card:print:1': 'print',
  'urn:suchang:card:online:1': 'online',
});
const RELATIONS = Object.freeze(['spouse', 'child', 'parent']);

/** @param {unknown} value @returns {value is number} whole seconds that a calendar has */
export function isMoment(value) {
  return isBelow(value, LAST_MOMENT + 1);
}

/** @param {unknown} value @param {number} end @returns {value is number} */
function isBelow(value, end) {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < end;
}

/** @param {unknown} value @param {RegExp} pattern @returns {value is string} */
function matches(value, pattern) {
  return typeof value === 'string' && pattern.test(value);
}

/** @param {unknown} value @param {number} most @returns {value is string} of 1 to so many characters */
function isText(value, most) {
  return typeof value === 'string' && value.length > 0 && [...value].length <= most;
}

/**
 * Read the shape of a credential's payload (check 3). Members that the profile doesn't know are ignored, as JWT demands,
 * except `_sd` and `_sd_alg`: a credential with disclosures is of another format.
 *
 * @param {Record<string, unknown>} found
 * @returns {Credential | null}
 */
export function readCredential(found) {
  const { iss, vct, iat, exp, sub, tier, name, dom } = found;
  const shaped =
    isMoment(iat) &&
    isMoment(exp) &&
    isText(iss, 256) &&
    typeof vct === 'string' &&
    matches(sub, SUB) &&
    matches(tier, TIER) &&
    isText(name, 64) &&
    !CONTROL.test(name) &&
    isBelow(dom, 2 ** 31) &&
    (!('nbf' in found) || isMoment(found.nbf)) &&
    (!('rel' in found) || (typeof found.rel === 'string' && RELATIONS.includes(found.rel))) &&
    (!('jti' in found) || matches(found.jti, JTI)) &&
    !('_sd' in found) &&
    !('_sd_alg' in found);
  const status = 'status' in found ? readStatus(found.status) : undefined;
  const holderKey = 'cnf' in found ? readHolderKey(found.cnf) : undefined;
  if (!shaped || status === null || holderKey === null) return null;
  const { nbf = null, rel = null, jti = null } = /** @type {Record<string, any>} */ (found);
  return { iss, vct, iat, exp, nbf, sub, tier, name, dom, rel, jti, status: status ?? null, holderKey: holderKey ?? null };
}

/** @param {unknown} status */
function readStatus(status) {
  const list = isObject(status) && Object.keys(status).length === 1 ? status.status_list : null;
  if (!isObject(list) || Object.keys(list).length !== 2) return null;
  return isBelow(list.idx, LIST_SIZE) && isText(list.uri, 256) ? { idx: list.idx, uri: list.uri } : null;
}

/** @param {unknown} cnf @returns {Record<string, unknown> | null} exactly kty EC, crv P-256, x, y */
function readHolderKey(cnf) {
  const jwk = isObject(cnf) && Object.keys(cnf).length === 1 ? cnf.jwk : null;
  if (!isObject(jwk) || Object.keys(jwk).length !== 4) return null;
  return jwk.kty === 'EC' && jwk.crv === 'P-256' && matches(jwk.x, BYTES32) && matches(jwk.y, BYTES32) ? jwk : null;
}

/**
 * Read the shape of a holder proof's payload (check 3).
 * @param {Record<string, unknown>} found
 * @returns {Proof | null}
 */
export function readProof(found) {
  const { iat, aud, nonce, sd_hash: sdHash } = found;
  if (Object.keys(found).length !== 4 || !isMoment(iat) || !isText(aud, 256)) return null;
  return matches(nonce, NONCE) && matches(sdHash, BYTES32) ? { iat, aud, nonce, sdHash } : null;
}

/**
 * Tell why a header can't be taken: it holds exactly the named members, each a text (so no `jku`, `x5u`, `x5c`, `crit`,
 * `b64`, `zip`), and this `typ`.
 *
 * @param {Record<string, unknown>} header
 * @param {string} typ
 * @param {string[]} members
 * @returns {'malformed' | 'unsupported_format' | null} null when it fits
 */
export function refusalOfHeader(header, typ, members) {
  if (Object.keys(header).length !== members.length) return 'malformed';
  if (!members.every((member) => typeof header[member] === 'string')) return 'malformed';
  return header.typ === typ ? null : 'unsupported_format';
}

/**
 * Give the assurance that `vct` alone stands for, with the members that it demands and forbids (check 6).
 *
 * @param {Credential} credential
 * @returns {{assurance: Assurance} | {refusal: 'malformed' | 'unsupported_format'}}
 */
export function profileOf(credential) {
  if (!Object.hasOwn(ASSURANCES, credential.vct)) return { refusal: 'unsupported_format' };
  const assurance = ASSURANCES[credential.vct];
  const online = assurance === 'online';
  const fits =
    (credential.holderKey !== null) === (assurance === 'device') &&
    (credential.status === null) === online &&
    (credential.jti !== null) === online &&
    credential.exp > credential.iat &&
    (!online || credential.exp - credential.iat <= ONLINE_LIFE);
  return fits ? { assurance } : { refusal: 'malformed' };
}
