/** What can be redeemed on the verification on the screen: one form an entitlement, one key each, undo for ten minutes. */

import { call, freshKey } from '../api.js';
import { toast } from '../toast.js';
import { day, say, wordsOf } from '../words.js';
import { deliberately } from './keyboard.js';
import { isFinal } from './outbox.js';
import { make } from './verdict_view.js';

const UNDO_SECONDS = 600;
const english = document.documentElement.lang === 'en';

export class Redeeming {
  /** @param {{setting: any, offline: import('./offline_desk.js').OfflineDesk, changed: () => void}} parts */
  constructor({ setting, offline, changed }) {
    this.mayDefer = setting.offline;
    this.changed = changed;
    this.items = setting.items;
    this.redeems = setting.redeems;
    this.offline = offline;
    this.operator = setting.owner.operator;
    this.forms = [];
    this.done = [];
  }

  forget() {
    this.forms = [];
  }

  /** Offer the entitlements of a verdict in a place of the page. */
  offer(place, verdict, { domain, deferred }) {
    this.forms = [];
    if (!this.redeems.includes(domain)) return;
    if (deferred && !verdict.isKept) {
      // What could be lost is not granted.
      place.append(make('p', 'wrong', say(this.mayDefer ? 'not_kept' : 'not_offline')));
      return;
    }
    const rights = deferred ? this.offlineRights(domain, verdict.card.relation ?? 'holder') : verdict.entitlements;
    for (const right of rights) place.append(this.form(right, verdict, deferred));
    if (rights.length === 0) place.append(make('p', 'muted', say('nothing_here')));
    if (deferred && rights.length > 0) place.append(make('p', 'muted small', say('deferred_note')));
  }

  /** Without a network nobody knows what is left: offered is what an item allows a desk to grant on its own, to whom. */
  offlineRights(domain, who) {
    return Object.entries(this.items)
      .filter(([code, item]) => code.startsWith(`${domain}.`) && item.offline && item.whose.includes(who))
      .map(([code, item]) => ({ item: code, name: item.name.zh, name_en: item.name.en, unit: item.unit, beneficiary: 'holder', remaining: undefined }));
  }

  form(right, verdict, deferred) {
    const box = make('article', 'entitlement');
    const left = make('p', 'entitlement__now', this.leftText(right));
    box.append(make('h3', '', english ? right.name_en : right.name), left);
    const form = make('form');
    const place = { box, form, left, right, verdict, deferred, number: this.forms.length + 1, button: null, key: null };
    // A form is sent by Enter in a field as well, which a scanner types: nothing is redeemed by sending one.
    form.addEventListener('submit', (event) => event.preventDefault());
    box.append(form);
    this.forms.push(() => place.button?.isConnected && form.reportValidity() && this.redeem(place));
    this.ask(place);
    return box;
  }

  /** Ask for the details, and offer the button; its number is the item's as long as the verdict is here. */
  ask(place) {
    const { box, form, right, number } = place;
    box.classList.remove('entitlement--done');
    place.left.textContent = this.leftText(right);
    place.key = null;
    const fields = (this.items[right.item]?.details ?? []).filter((field) => field.required);
    const button = make('button', `btn btn--big btn--wide${number === 1 ? '' : ' btn--quiet'}`);
    button.append(right.remaining === null ? say('record') : say('redeem'), ' ');
    if (number <= 9) button.append(make('kbd', '', String(number)));
    button.dataset.key = String(number);
    place.button = button;
    deliberately(button, () => form.reportValidity() && this.redeem(place));
    form.replaceChildren(...fields.map((field) => this.field(field, number)), button);
  }

  leftText(right) {
    const parts = [];
    if (right.remaining === null) parts.push(say('unlimited'));
    else if (right.remaining !== undefined) parts.push(say('left', { count: this.amount(right.unit, right.remaining) }));
    if (right.period_ends) parts.push(say('period_ends', { day: day(right.period_ends) }));
    if (right.beneficiary !== 'holder') parts.push(say('for_whom', { who: this.whose(right) }));
    return parts.join(' · ');
  }

  /** Whose an entitlement is, as far as its item discloses: a desk has to tell children apart. */
  whose({ relation, birth_year: year, beneficiary }) {
    const who = wordsOf('relations')[relation] ?? beneficiary.slice(-4);
    return year ? `${who} ${say('born', { year })}` : who;
  }

  amount(unit, count) {
    if (unit === 'CNY') return say('yuan', { count: (count / 100).toLocaleString() });
    return say(unit === 'days' ? 'days' : 'times', { count });
  }

  field(field, index) {
    const box = make('div', 'field');
    const id = `detail-${index}-${field.name}`;
    const label = make('label', '', english ? field.label.en : field.label.zh);
    label.htmlFor = id;
    let input;
    if (field.choices.length > 0) {
      input = make('select');
      input.append(new Option(say('choose'), ''), ...field.choices.map((choice) => new Option(wordsOf('choices')[choice] ?? choice, choice)));
    } else {
      input = make('input');
      input.type = { date: 'date', count: 'number', confirmation: 'checkbox' }[field.kind] ?? 'text';
      if (field.kind === 'date') input.value = today();
    }
    input.id = id;
    input.name = field.name;
    input.dataset.kind = field.kind;
    input.required = input.type !== 'checkbox';
    box.append(label, input);
    return box;
  }

  read(form) {
    const details = {};
    for (const input of form.querySelectorAll('input, select')) {
      if (input.type === 'checkbox') details[input.name] = input.checked;
      else if (input.type === 'number') details[input.name] = Number(input.value);
      else details[input.name] = input.value;
    }
    return details;
  }

  /** A shortcut: the number of an entitlement. @param {string} key */
  press(key) {
    this.forms[Number(key) - 1]?.();
  }

  async redeem(place) {
    const { form, button, right, verdict, deferred } = place;
    if (button.getAttribute('aria-busy') === 'true' || button.disabled) return;
    const name = english ? right.name_en : right.name;
    const request = { item: right.item, beneficiary: right.beneficiary, details: this.read(form) };
    button.setAttribute('aria-busy', 'true');
    if (deferred) {
      const grant = await this.offline.grant(deferred.act, request, name);
      button.removeAttribute('aria-busy');
      if (grant) this.finish(place, { name, act: deferred.act, key: grant.key, units: 0 });
      else this.say(form, say('not_kept'));
      return;
    }
    place.key ??= freshKey();
    const headers = { 'X-Desk-Operator': this.operator };
    const answer = await call('/api/v1/redemptions', { method: 'POST', body: { verification: verdict.id, ...request }, key: place.key, headers });
    button.removeAttribute('aria-busy');
    if (answer.ok) this.finish(place, { name, id: answer.body.id, units: answer.body.units });
    else if (isFinal(answer.status) || answer.status === 403) {
      place.key = null;
      this.explain(form, answer);
    } else await this.wait(place, request, name);
  }

  /** Nobody knows whether it arrived: it is sent again under its key until there is an answer. */
  async wait(place, request, name) {
    const { form, verdict, right, key } = place;
    const who = [verdict.card?.name, verdict.card?.tier].filter(Boolean).join(' · ');
    const isKept = await this.offline.keepLate({ verification: verdict.id, domain: right.item.split('.')[0], who }, request, { key, name });
    this.say(form, say(isKept ? 'answer_missing' : 'answer_missing_unkept'));
    if (!isKept) return;
    place.button.disabled = true;
    this.changed();
    const timer = setInterval(async () => {
      if (form.isConnected) this.changed();
      const act = await this.offline.act(`late-${key}`);
      const grant = act?.grants[0];
      if (!grant || grant.state === 'waiting') return;
      clearInterval(timer);
      if (grant.state === 'settled') this.finish(place, { name, id: grant.redemption, units: 0 });
      else {
        this.ask(place);
        this.say(form, grant.problem?.text?.[english ? 'en' : 'zh'] ?? say('not_redeemed'));
      }
    }, 3000);
  }

  finish(place, done) {
    const { box, form, right } = place;
    box.classList.add('entitlement--done');
    if (typeof right.remaining === 'number') right.remaining = Math.max(0, right.remaining - done.units);
    place.left.textContent = this.leftText(right);
    place.button = null;
    form.replaceChildren(make('p', 'badge badge--ok', say('redeemed', { item: done.name })));
    form.firstChild.dataset.mark = '✓';
    const entry = { ...done, place, at: Date.now() };
    this.done.push(entry);
    toast(say('redeemed', { item: done.name }), { action: `${say('undo')} (Z)`, onAction: () => this.undo(entry), seconds: 12 });
    const button = make('button', 'btn btn--quiet btn--wide', say('undo'));
    deliberately(button, () => this.undo(entry));
    form.append(button);
    setTimeout(() => button.remove(), UNDO_SECONDS * 1000);
    this.changed();
  }

  explain(form, answer) {
    const text = answer.body?.text?.[english ? 'en' : 'zh'] ?? answer.body?.errors?.[0]?.message ?? answer.body?.detail ?? say('not_redeemed');
    this.say(form, text);
  }

  say(form, text) {
    form.querySelector('.wrong')?.remove();
    const line = make('p', 'wrong', text);
    line.setAttribute('role', 'alert');
    form.append(line);
  }

  undoLast() {
    const entry = this.done.at(-1);
    if (entry && Date.now() - entry.at < UNDO_SECONDS * 1000) this.undo(entry);
  }

  /** Take back: what was not sent yet from what waits, the rest from the ledger; the button is there again. */
  async undo(entry) {
    if (entry.isGoing) return;
    entry.isGoing = true;
    const trouble = await this.takeBack(entry);
    entry.isGoing = false;
    if (trouble !== null) {
      toast(trouble);
      return;
    }
    this.done = this.done.filter((one) => one !== entry);
    const { place, units } = entry;
    if (typeof place.right.remaining === 'number') place.right.remaining += units;
    this.ask(place);
    place.form.prepend(make('p', 'badge', say('undone', { item: entry.name })));
    toast(say('undone', { item: entry.name }));
    this.changed();
  }

  /** @returns {Promise<string | null>} what went wrong */
  async takeBack({ act, key, id }) {
    if (act) {
      if (await this.offline.takeBack(act, key)) return null;
      const grant = (await this.offline.act(act))?.grants.find((one) => one.key === key);
      if (!grant?.redemption) return say('undo_later');
      return this.reverse(grant.redemption);
    }
    return this.reverse(id);
  }

  async reverse(id) {
    const headers = { 'X-Desk-Operator': this.operator };
    const answer = await call(`/api/v1/redemptions/${id}/reversal`, { method: 'POST', body: { reason: say('undo_reason') }, key: `undo-${id}`, headers });
    if (answer.ok) return null;
    return answer.body?.text?.[english ? 'en' : 'zh'] ?? (isFinal(answer.status) ? say('not_undone') : say('undo_later'));
  }
}

/** Give today's date in Jiangsu, as a date field wants it. */
function today() {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
}
