/**
 * The holder's card: binds this phone once, then shows a fresh code every thirty seconds, with or without a network.
 *
 * A phone in a queue is slow and its holder waits: the first code is signed and drawn while the page is still being read,
 * from what the phone keeps, before anything is asked over the network.
 * What can be seen is one of the blocks `data-when` in the code's place: binding, unbound, code, online, wrong.
 */

import { RENEWAL, Wallet } from '../../credentials/presentation.js';
import { call } from '../api.js';
import { say } from '../words.js';
import { fetchCredential, fetchOnlineCode, register } from './binding.js';
import { challenge, clock, makeCode, pictureOf } from './code.js';

const RENEW_BEFORE = 30 * 86_400_000;

/** What the phone keeps and the first code from it; `code` is null where there is none to show. */
const opening = Wallet.open().then(async (wallet) => {
  const kept = await wallet.everything();
  const usable = kept.key && kept.credential && Date.parse(kept.credential.expiresAt) > Date.now();
  return { wallet, kept, code: usable ? await makeCode(kept.credential.token, kept.key.privateKey) : null };
});
opening.catch(() => {}); // begin() says it; this only keeps the failure from being reported twice

if (document.readyState === 'loading') {
  await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
}

const card = document.getElementById('card');
const place = document.getElementById('code');
const live = document.getElementById('live');
const ring = card.querySelector('.ring .run');
let wallet = null;
let shown = { credential: null, key: null, drawnAt: 0, timer: 0 };

function show(what) {
  for (const block of place.querySelectorAll('[data-when]')) block.hidden = block.dataset.when !== what;
  card.dataset.shows = what;
}

async function forget() {
  clearInterval(shown.timer);
  shown.credential = null;
  await wallet.clear();
  await wallet.put('card', card.dataset.card);
  show('unbound');
}

async function bind() {
  show('binding');
  try {
    await renew(await register(wallet));
  } catch (problem) {
    fail(problem);
  }
}

async function renew(device) {
  if (!(await fetchCredential(wallet, device))) return forget();
  const { credential, key } = await wallet.everything();
  return start(credential, key, await makeCode(credential.token, key.privateKey));
}

function fail(problem) {
  const text = problem?.status === 0 ? say('offline_bind') : say('bind_failed');
  place.querySelector('[data-when="wrong"] p').textContent = text;
  show('wrong');
}

function start(credential, key, code) {
  shown.credential = credential.token;
  shown.key = key.privateKey;
  put(code);
  show('code');
  performance.mark('code-drawn');
  clearInterval(shown.timer);
  shown.timer = setInterval(tick, 1000);
  keepAwake();
}

function put({ text, picture, drawnAt }) {
  const block = place.querySelector('[data-when="code"]');
  block.innerHTML = picture;
  block.dataset.text = text;
  shown.drawnAt = drawnAt;
  document.getElementById('challenged').hidden = challenge() === null;
}

async function tick() {
  if (document.hidden) return;
  const left = Math.ceil(RENEWAL - (clock.now - shown.drawnAt));
  if (left <= 0) {
    put(await makeCode(shown.credential, shown.key));
    return tick();
  }
  ring?.setAttribute('stroke-dashoffset', String(100 - (100 * left) / RENEWAL));
  live.textContent = say('renews', { seconds: left });
  return undefined;
}

function keepAwake() {
  if (document.visibilityState === 'visible') navigator.wakeLock?.request('screen').catch(() => {});
}

/** Show a code that the server makes, for a browser that can't keep a key. */
async function online() {
  show('binding');
  let issued = null;
  try {
    issued = (await fetchOnlineCode()).body;
  } catch (problem) {
    return fail(problem);
  }
  const picture = place.querySelector('[data-when="online"] .picture');
  picture.innerHTML = pictureOf(issued.presentation);
  picture.dataset.text = issued.presentation;
  show('online');
  const until = Date.parse(issued.expires_at);
  clearInterval(shown.timer);
  shown.timer = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    live.textContent = say('online_left', { seconds: Math.max(0, left) });
    if (left <= 0) {
      clearInterval(shown.timer);
      online();
    }
  }, 1000);
  return undefined;
}

/** Ask the server how the card stands; says since when the answer is, also without a network. */
async function pulse() {
  const answer = await call('/api/v1/me/card', { timeout: 5000 });
  const state = document.getElementById('freshness');
  document.getElementById('signed-out').hidden = answer.status !== 401;
  if (answer.ok) {
    clock.learn(answer.date, answer.sentAt);
    if (clock.isOff) document.getElementById('clock-off').hidden = false;
    await wallet?.put('checked', Date.now());
    if (answer.body.state !== card.dataset.state) location.reload();
  }
  // A server that refuses (the sign-in has expired) is no missing network, but it has not checked the card either.
  const checked = answer.ok ? Date.now() : await wallet?.get('checked');
  const time = checked ? new Date(checked).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' }) : '—';
  const away = answer.status === 0;
  state.textContent = say(away ? 'offline_since' : 'fresh', { time });
  state.dataset.offline = String(away);
  return answer;
}

/** The page came from what the phone keeps, and the server has another by now: a new card, or other benefits. */
async function newer() {
  const answer = await caches.match(location.pathname);
  if (!answer) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const face = (one) => [one.documentElement.lang, one.getElementById('card')?.dataset.face].join();
  if (face(page) !== face(document)) location.reload();
  else document.getElementById('soon').replaceWith(page.getElementById('soon'));
}

function listen() {
  navigator.serviceWorker?.addEventListener('message', newer);
  document.getElementById('bind')?.addEventListener('click', bind);
  document.getElementById('retry')?.addEventListener('click', bind);
  for (const button of document.querySelectorAll('[data-online]')) button.addEventListener('click', online);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && shown.credential) tick().then(keepAwake);
  });
  addEventListener('hashchange', async () => {
    if (shown.credential) put(await makeCode(shown.credential, shown.key));
  });
  addEventListener('online', pulse);
  addEventListener('offline', pulse);
}

async function begin() {
  let opened = null;
  try {
    opened = await opening;
  } catch {
    document.getElementById('bind')?.setAttribute('disabled', '');
  }
  const kept = opened?.kept ?? {};
  const own = kept.card === card.dataset.card;
  if (card.dataset.state === 'active') {
    if (own && opened.code) start(kept.credential, kept.key, opened.code);
    else show('unbound');
  }
  listen();
  navigator.serviceWorker?.register('/me/sw.js', { scope: '/me' }).catch(() => {});
  wallet = opened?.wallet ?? null;
  if (wallet && !own) await forget();
  const answer = await pulse();
  if (!answer.ok || !own || !kept.device) return;
  if (!answer.body.devices.some((one) => one.id === kept.device)) await forget();
  else if (kept.credential && Date.parse(kept.credential.expiresAt) - Date.now() < RENEW_BEFORE) await renew(kept.device);
}

begin();
