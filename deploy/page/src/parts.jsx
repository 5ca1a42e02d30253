/* parts.jsx - small things that all views are made of. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock_seconds, moment, severity_level, severity_number, severity_word, Text } from './text.jsx';

/* --- where we are: the part of the address after # --- */

const VIEWS = { normal: 'normal', messages: 'messages', notifications: 'messages' }; // the last: as it was once

/* {view, id, parameters} of "#/incident/12?a=b"; what is not known is the first view. */
export function place() {
    const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
    const [view, id] = path.split('/');
    const parameters = Object.fromEntries(new URLSearchParams(search ?? ''));
    if (view === 'incident' && /^[1-9][0-9]{0,15}$/.test(id)) {
        return { view, id: Number(id), parameters };
    }
    return { view: Object.hasOwn(VIEWS, view) ? VIEWS[view] : 'now', parameters };
}

export function go(hash, { replace = false } = {}) {
    if (replace) {
        history.replaceState(null, '', hash);
        dispatchEvent(new Event('hashchange'));
    } else {
        location.hash = hash;
    }
}

/* --- what a screen reader is told --- */

let say_to = () => {};

export function announce(text) {
    say_to(text);
}

export function Announcer() {
    const [said, set] = useState({ text: '', n: 0 });
    useEffect(() => {
        say_to = (text) => set((old) => ({ text, n: old.n + 1 }));
    }, []);
    return <div class="only-heard" role="status"><p key={said.n}>{said.text}</p></div>;
}

/* --- texts that recur --- */

/* How unusual: bars, a word and a number. */
export function Severity({ of }) {
    const level = severity_level(of);
    return (
        <span class={`severity level-${level}`} title={`severity ${of} of 1`}>
            <svg viewBox="0 0 14 12" width="14" height="12" aria-hidden="true">
                {[1, 2, 3].map((n) => (
                    <rect key={n} x={(n - 1) * 5} y={12 - n * 4} width="4" height={n * 4} rx="1"
                        class={n <= level ? 'lit' : 'unlit'} />
                ))}
            </svg>
            {severity_word(of)} <span class="number">{severity_number(of)}</span>
        </span>
    );
}

const STATUS_WORDS = { open: 'open', acknowledged: 'acknowledged', resolved: 'resolved' };

export function is_muted(incident) {
    return Boolean(incident.muted_until) && new Date(incident.muted_until) > Date.now();
}

export function Status({ of }) {
    return (
        <span class="states">
            <span class={`badge ${of.status}`}>{STATUS_WORDS[of.status] ?? of.status}</span>
            {is_muted(of) && <span class="badge">muted until {moment(of.muted_until)}</span>}
            {of.verdict === 'real' && <span class="badge">real</span>}
            {of.verdict === 'normal' && <span class="badge">declared normal</span>}
            {of.regressions > 0 && <span class="badge came-back">
                came back{of.regressions > 1 ? ` ${of.regressions} times` : ''} after it was resolved</span>}
        </span>
    );
}

/* The server is away, or refuses: since when what is shown is old. */
export function Away({ polls }) {
    const poll = polls.find((p) => p.error);
    if (!poll) {
        return null;
    }
    const { error, at } = poll;
    return (
        <div class="notice bad away" role="alert">
            <p>
                <strong>{error.status === 0 ? 'The server does not answer.' : 'The server refuses to answer.'}</strong>
                {error.status !== 0 && <> It says: <q><Text of={error.message} /></q>.</>}
                {at > 0 && <> What is shown is of {clock_seconds(at)}.</>} It is asked again and again.
            </p>
            <button type="button" onClick={() => polls.forEach((p) => p.error && p.again())}>Ask now</button>
        </div>
    );
}

/* An action's refusal, in the server's words. */
export function Problem({ error }) {
    return error && (
        <div class="notice bad" role="alert">
            <p><strong>Not done.</strong> The server says: <q><Text of={error.message} /></q></p>
        </div>
    );
}

/* Runs one action after the other: [busy, error, run]. run(fn) gives true if it went well. */
export function useAction() {
    const [state, set] = useState({ busy: false, error: null });
    const running = useRef(false);
    async function run(action) {
        if (running.current) {
            return false;
        }
        running.current = true;
        set({ busy: true, error: null });
        let error = null;
        try {
            await action();
        } catch (e) {
            error = e;
        }
        running.current = false;
        set({ busy: false, error });
        return !error;
    }
    return [state.busy, state.error, run];
}

/* The heading of a view takes the focus when the view is opened, so that a screen reader
 * begins there and the next Tab goes on from there. */
export function Heading({ children, title, focused = true }) {
    const element = useRef(null);
    useEffect(() => {
        document.title = title ? `${title} · System Logs Analyzer` : 'System Logs Analyzer';
    }, [title]);
    useEffect(() => {
        if (focused) {
            element.current.focus({ preventScroll: true });
            scrollTo(0, 0);
        }
    }, []);
    return <h1 ref={element} tabindex="-1">{children}</h1>;
}

/* A command, and a button that copies it. Where there is no clipboard (a page that came over
 * plain http from another machine) the text is selected for copying by hand. */
export function Command({ children, label }) {
    const [copied, set] = useState('');
    const element = useRef(null);
    async function copy() {
        try {
            await navigator.clipboard.writeText(children);
            set('Copied');
            announce(`Copied: ${label}`);
        } catch {
            getSelection().selectAllChildren(element.current);
            set('Selected: copy it');
            announce('The command is selected. Copy it by hand.');
        }
    }
    return (
        <div class="command">
            <pre tabindex="0" role="region" aria-label={`Command: ${label}`}><code ref={element}>{children}</code></pre>
            <button type="button" onClick={copy} aria-label={`Copy the command: ${label}`}>{copied || 'Copy'}</button>
        </div>
    );
}
