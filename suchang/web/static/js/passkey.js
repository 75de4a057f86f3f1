/** The two WebAuthn ceremonies in a browser: the options of the interface in, the answer as plain JSON out. */

import { base64urlDecode, base64urlEncode } from '../credentials/bytes.js';

/** Tell whether this browser can have passkeys at all. */
export function available() {
  return typeof PublicKeyCredential === 'function' && navigator.credentials !== undefined;
}

/** Tell whether the browser can offer passkeys inside an input of the page. */
export async function offersInField() {
  return available() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;
}

/** Make a passkey. Rejects as the browser does: `NotAllowedError` when the person said no or took too long. */
export async function create(options) {
  const publicKey = {
    ...options,
    challenge: base64urlDecode(options.challenge),
    user: { ...options.user, id: base64urlDecode(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: base64urlDecode(one.id) })),
  };
  const made = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = texts(made.response, 'clientDataJSON', 'attestationObject');
  const transports = made.response.getTransports?.() ?? [];
  return { ...named(made), response: { clientDataJSON, attestationObject, transports } };
}

/**
 * Sign a challenge with a passkey.
 *
 * @param {any} options
 * @param {{mediation?: CredentialMediationRequirement, signal?: AbortSignal}} [how]
 */
export async function sign(options, how = {}) {
  const publicKey = { ...options, challenge: base64urlDecode(options.challenge) };
  const found = await navigator.credentials.get({ publicKey, ...how });
  const parts = ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'];
  return { ...named(found), response: texts(found.response, ...parts) };
}

function named(credential) {
  return { id: credential.id, rawId: base64urlEncode(new Uint8Array(credential.rawId)), type: credential.type };
}

function texts(response, ...names) {
  return Object.fromEntries(names.map((name) => [name, base64urlEncode(new Uint8Array(response[name] ?? []))]));
}
