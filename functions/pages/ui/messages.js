// Every text that the elements show. A host translates by `setMessages`, in whole or in part.

const english = {
  account: 'Account',
  adminName: 'Name',
  adminNameMissing: 'Enter the name.',
  adminWrong: 'The name or the password is not right.',
  browserUnknown: 'Unknown browser',
  changePassword: 'Change password',
  close: 'Close',
  confirmPassword: 'Repeat the password',
  createAccount: 'Create account',
  currentPassword: 'Current password',
  currentWrong: 'The current password is not right.',
  displayName: 'Name',
  displayNameHint: 'Optional. Others in your workspaces see it.',
  email: 'E-mail address',
  emailInvalid: 'Enter a valid e-mail address.',
  emailTaken: 'This e-mail address cannot be used. You may have an account already.',
  endOthers: 'Sign out everywhere else',
  endOthersDone: 'Every other device is signed out.',
  endSession: 'Sign out',
  endSessionOf: 'Sign out {device}',
  extend: 'Stay signed in',
  extendHint: 'Enter your password to go on.',
  guessable: 'This password is too easy to guess. Choose another one.',
  haveAccount: 'You have an account?',
  hidePassword: 'Hide',
  lastOwner: 'You are its last owner. Make somebody else an owner first, or delete it.',
  invite: 'Invite',
  inviteHint: 'The text after “invite=” in your invitation.',
  inviteNeeded: 'A valid invite is needed to create an account here.',
  loading: 'Loading …',
  menuOf: 'Account of {name}',
  newPassword: 'New password',
  noAccount: 'No account yet?',
  notNow: 'Not now',
  offline: 'No connection. What you do is sent when it is back.',
  offlineError: 'The server cannot be reached. Check your connection and try again.',
  onlineAgain: 'Back online.',
  password: 'Password',
  passwordChanged: 'Your password is changed. Every other device is signed out.',
  passwordHint: 'At least 8 characters.',
  passwordMissing: 'Enter a password.',
  passwordsDiffer: 'The passwords are not the same.',
  passwordShort: 'Use at least 8 characters.',
  registrationOff: 'Nobody new can register here at the moment.',
  renewed: 'Last active {when}',
  sessionEnds: 'Your session ends at {time}.',
  sessionOver: 'Your session is over. Sign in again.',
  sessionsNone: 'No other device is signed in.',
  sessionsTrouble: 'Your sessions could not be loaded.',
  showPassword: 'Show',
  signedIn: 'Signed in {when}',
  signIn: 'Sign in',
  signInTrouble: 'It could not be found out who is signed in.',
  signOut: 'Sign out',
  thisDevice: 'This device',
  tooMany: 'Too many attempts. Try again in {seconds} seconds.',
  trouble: 'Something went wrong at the server. Try again in a moment.',
  tryAgain: 'Try again',
  wrong: 'The e-mail address or the password is not right.',
};

/** What the server says, by the key of what is shown for it. */
const told = {
  'Enter a valid email address.': 'emailInvalid',
  'Password must be at least 8 characters.': 'passwordShort',
  'Passwords must match.': 'passwordsDiffer',
  'This password is too common. Choose another one.': 'guessable',
  'Registration is currently disabled. Please contact an administrator.': 'registrationOff',
  'A valid invite is required to register.': 'inviteNeeded',
  'Session expired': 'sessionOver',
  'Cannot leave as the last workspace owner. Transfer ownership first.': 'lastOwner',
};

const shared = (globalThis[Symbol.for('or3-messages')] ??= { table: {}, news: new EventTarget() });

export const messageNews = shared.news;

/** Replaces texts by key; what is left out stays English. */
export function setMessages(table) {
  shared.table = { ...shared.table, ...table };
  shared.news.dispatchEvent(new Event('change'));
}

/** The text of `key`, with `{name}` replaced. */
export function t(key, values = {}) {
  const text = shared.table[key] ?? english[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** What to say of an error; `wrong` is the key for wrong credentials, which mean something else in each form. */
export function sayError(error, wrong = 'wrong') {
  if (error.status === 0) return t('offlineError');
  if (error.status === 429) return t('tooMany', { seconds: error.retryAfter ?? 60 });
  if (error.message === 'Invalid credentials') return t(wrong);
  if (told[error.message]) return t(told[error.message]);
  return error.status >= 500 || !error.status ? t('trouble') : error.message;
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const STEPS = [
  ['second', 60], ['minute', 60], ['hour', 24], ['day', 30], ['month', 12], ['year', Infinity],
];

/** "5 minutes ago", of a time in ISO 8601 or milliseconds. */
export function ago(time) {
  let amount = (new Date(time) - Date.now()) / 1000;
  for (const [unit, next] of STEPS) {
    if (Math.abs(amount) < next) return relative.format(Math.round(amount), unit);
    amount /= next;
  }
}

/** The time of day. */
export function clock(time) {
  return new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(new Date(time));
}

/** Day and time. */
export function moment(time) {
  const form = { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(undefined, form).format(new Date(time));
}
