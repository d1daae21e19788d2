// Every element of signing in: <or3-auth-button>, <or3-sign-in>, <or3-register>, <or3-change-password>,
// <or3-sessions>, <or3-session-notice>.

import './auth-button.js';
import './change-password.js';
import './session-notice.js';
import './sessions.js';
import './sign-in.js';

export * from './or3-auth.js';
export { setMessages } from './messages.js';
