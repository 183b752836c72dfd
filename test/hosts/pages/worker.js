/** Runs the script that its own address names, and sends the page what that reports. */
globalThis.report = (text) => postMessage(text);

import(new URLSearchParams(location.search).get('script')).catch((error) => report(String(error)));
