/* api.js - requests to our own server. All addresses are relative to the page's, so that
 * it works at / and below a prefix. */
import { useEffect, useRef, useState } from 'preact/hooks';

const TIMEOUT_MS = 20000;
const POLL_SLOWEST_MS = 60000;

/* What the server said in its own words, or that it said nothing. */
export class Refused extends Error {
    constructor(status, message) {
        super(message);
        this.status = status; // 0: no answer
    }
}

/* --- the API key: kept for as long as this window is --- */

const KEY = 'loganalyzer-key';
let key = '', lock_to = () => {};

try {
    key = sessionStorage.getItem(KEY) ?? '';
} catch {
    // a browser that keeps nothing: the key is asked for each time
}

export function has_key() {
    return key !== '';
}

export function set_key(value) {
    key = value;
    try {
        if (value) {
            sessionStorage.setItem(KEY, value);
        } else {
            sessionStorage.removeItem(KEY);
        }
    } catch {
        // see above
    }
}

/* {locked: what the server said when it asked for a key, or '', unlock(), forget()}. */
export function useLock() {
    const [locked, set] = useState('');
    useEffect(() => {
        lock_to = set;
    }, []);
    return {
        locked,
        unlock: () => set(''),
        forget: () => {
            set_key('');
            set('The key is forgotten.');
        },
    };
}

export async function api(method, path, body, { asks = true } = {}) {
    let reply, json = null;
    const sent = key; // a late answer to another one locks nothing
    try {
        reply = await fetch(path, {
            method,
            cache: 'no-store',
            signal: AbortSignal.timeout(TIMEOUT_MS),
            headers: {
                ...(sent && { Authorization: `Bearer ${sent}` }),
                ...(body !== undefined && { 'Content-Type': 'application/json' }),
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
    } catch {
        throw new Refused(0, 'the server does not answer');
    }
    try {
        json = await reply.json();
    } catch {
        // no JSON, or only a part of it: the connection was cut
    }
    if (reply.status === 401 && asks && sent === key) {
        lock_to(json?.error || 'the server asks for an API key');
    }
    /* /readyz says with 503 what is not as it should be: that is its answer. */
    if (!reply.ok && typeof json?.ready !== 'boolean') {
        throw new Refused(reply.status, json?.error || `the server answered with status ${reply.status}`);
    }
    if (json === null) {
        throw new Refused(0, 'the server\u2019s answer was cut off');
    }
    return json;
}

/* The parameters that are set, as a query. */
export function query(parameters) {
    const q = new URLSearchParams();
    for (const [key, value] of Object.entries(parameters)) {
        if (value !== '' && value !== null && value !== undefined) {
            q.set(key, value);
        }
    }
    const text = q.toString();
    return text ? `?${text}` : '';
}

/* Asks for path now, every `ms` while the page is seen, and at once when it is seen again;
 * after a failure ever more seldom. {data, error, at (of data), again()}: what was known
 * stays while the server is away. A new path begins anew; without one nothing is asked. */
export function usePoll(path, ms) {
    const [state, set] = useState({ path, data: null, error: null, at: 0 });
    const again = useRef(() => {});
    useEffect(() => {
        if (path === null) {
            return undefined;
        }
        let timer = null, wait = ms, ended = false, running = false, once_more = false;
        async function ask() {
            if (running) {
                once_more = true;
                return;
            }
            running = true;
            clearTimeout(timer);
            try {
                const data = await api('GET', path);
                wait = ms;
                if (!ended) {
                    set({ path, data, error: null, at: Date.now() });
                }
            } catch (error) {
                wait = Math.min(wait * 2, POLL_SLOWEST_MS);
                if (!ended) {
                    set((old) => ({ ...(old.path === path ? old : { path, data: null, at: 0 }), error }));
                }
            }
            running = false;
            if (ended) {
                return;
            }
            if (once_more) {
                once_more = false;
                ask();
            } else if (!document.hidden) {
                timer = setTimeout(ask, wait);
            }
        }
        function seen() {
            clearTimeout(timer);
            if (!document.hidden) {
                ask();
            }
        }
        again.current = () => {
            wait = ms;
            ask();
        };
        document.addEventListener('visibilitychange', seen);
        addEventListener('online', seen);
        ask();
        return () => {
            ended = true;
            clearTimeout(timer);
            document.removeEventListener('visibilitychange', seen);
            removeEventListener('online', seen);
        };
    }, [path, ms]);
    const current = state.path === path ? state : { path, data: null, error: null, at: 0 };
    return { ...current, again: () => again.current() };
}

/* Draws again every `ms`, for times in words. */
export function useTick(ms) {
    const [, set] = useState(0);
    useEffect(() => {
        const timer = setInterval(() => document.hidden || set((n) => n + 1), ms);
        return () => clearInterval(timer);
    }, [ms]);
}
