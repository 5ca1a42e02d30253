/* key.jsx - the server asks for an API key. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, has_key, set_key } from './api.js';
import { announce, Heading, useAction } from './parts.jsx';
import { Text } from './text.jsx';

/* onOpen: a key has been taken. It is tried before it is kept. */
export function Key({ said, onOpen }) {
    const [value, set_value] = useState('');
    const [busy, error, run] = useAction();
    const field = useRef(null);
    useEffect(() => field.current.focus(), []);
    async function submit(event) {
        event.preventDefault();
        if (!value.trim()) {
            return;
        }
        const good = await run(async () => {
            set_key(value.trim());
            try {
                await api('GET', 'meta', undefined, { asks: false });
            } catch (e) {
                set_key('');
                throw e;
            }
        });
        if (good) {
            announce('The key is taken');
            onOpen();
        }
    }
    return (
        <section class="ask-key">
            <Heading title="API key" focused={false}>An API key is needed</Heading>
            {said && <p class="said">The server says: <q><Text of={said} /></q></p>}
            <form onSubmit={submit}>
                <label for="key">API key</label>
                <input ref={field} id="key" type="password" autocomplete="off" spellcheck={false} autocapitalize="off" maxlength="200"
                    aria-describedby="key-hint" value={value} onInput={(e) => set_value(e.currentTarget.value)} />
                <button type="submit" class="first" aria-disabled={busy}>Open</button>
            </form>
            {error && <div class="notice bad" role="alert"><p><strong>Not taken.</strong> The server says: <q><Text of={error.message} /></q></p></div>}
            <p id="key-hint" class="hint">
                It begins with <code>loganalyzer_</code> and may read, or also answer incidents with the scope admin.
                {' '}Who runs the server makes one: <code>loganalyzer key add --scope admin</code>. This window keeps it until it is closed.
            </p>
        </section>
    );
}

export function ForgetKey({ onForget }) {
    return has_key() && <p><button type="button" class="quieter" onClick={onForget}>Forget the API key</button></p>;
}
