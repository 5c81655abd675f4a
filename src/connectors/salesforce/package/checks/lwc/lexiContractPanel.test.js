import { createElement } from 'lwc';
import { registerSa11yMatcher } from '@sa11y/jest';
import { refreshApex } from '@salesforce/apex';
import LexiContractPanel from 'c/lexiContractPanel';
import read from '@salesforce/apex/LexiContractPanelController.read';
import send from '@salesforce/apex/LexiContractPanelController.send';

jest.mock(
    '@salesforce/apex/LexiContractPanelController.read',
    () => {
        const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
        return { default: createApexTestWireAdapter(jest.fn()) };
    },
    { virtual: true }
);
jest.mock('@salesforce/apex/LexiContractPanelController.send', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn(() => Promise.resolve()) }), { virtual: true });

const OPPORTUNITY = '006ak00000OQ4RxAAL';
const LINK = `https://contracts.example/contracts/by-opportunity/${OPPORTUNITY}`;
const STATE = { status: 'In Review', syncedAt: '2026-11-22T16:00:00.000Z', link: LINK, isActive: true };

/** Flushes pending promises. */
const settled = () => new Promise((resolve) => process.nextTick(resolve));

async function shown(state) {
    const panel = createElement('c-lexi-contract-panel', { is: LexiContractPanel });
    panel.recordId = OPPORTUNITY;
    document.body.appendChild(panel);
    if (state) {
        read.emit(state);
    }
    await settled();
    return panel.shadowRoot;
}

const text = (root, id) => root.querySelector(`[data-id="${id}"]`).textContent;
const button = (root) => root.querySelector('lightning-button');

async function click(element) {
    element.dispatchEvent(new CustomEvent('click'));
    await settled();
    await settled();
}

describe('the panel of an Opportunity', () => {
    beforeAll(registerSa11yMatcher);

    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
    });

    it('asks for the Opportunity of the page', async () => {
        await shown(STATE);
        expect(read.getLastConfig()).toEqual({ opportunityId: OPPORTUNITY });
    });

    it('shows status, time and a link that says where it leads', async () => {
        const root = await shown(STATE);
        expect(text(root, 'status')).toBe('In Review');
        expect(root.querySelector('lightning-formatted-date-time').value).toBe(STATE.syncedAt);
        const link = root.querySelector('a');
        expect(link.href).toBe(LINK);
        expect(link.rel).toContain('noopener');
        expect(link.textContent).toContain('opens in a new tab');
    });

    it('says so before there is a contract', async () => {
        const root = await shown({ isActive: true });
        expect(text(root, 'status')).toBe('No contract yet');
        expect(text(root, 'synced-at')).toBe('Not yet');
        expect(root.querySelector('a')).toBeNull();
        expect(button(root).disabled).toBe(false);
    });

    it('keeps the button grey until it knows, and while the package is switched off', async () => {
        expect(button(await shown()).disabled).toBe(true);
        expect(button(await shown({ ...STATE, isActive: false })).disabled).toBe(true);
    });

    it('sends once, shows the outcome and reloads', async () => {
        let answer;
        send.mockReturnValue(
            new Promise((resolve) => {
                answer = resolve;
            })
        );
        const root = await shown(STATE);
        await click(button(root));
        expect(send).toHaveBeenCalledWith({ opportunityId: OPPORTUNITY });
        expect(button(root).disabled).toBe(true);
        expect(root.querySelector('lightning-spinner').alternativeText).toBe('Sending to LexiContract');
        answer('Sent.');
        await settled();
        await settled();
        expect(text(root, 'message')).toBe('Sent.');
        expect(button(root).disabled).toBe(false);
        expect(refreshApex).toHaveBeenCalledTimes(1);
    });

    it('says what Apex says when that fails', async () => {
        send.mockRejectedValue({ body: { message: 'The secret is not right.' } });
        const root = await shown(STATE);
        await click(button(root));
        expect(text(root, 'problem')).toBe('The secret is not right.');
        expect(text(root, 'message')).toBe('');
        expect(root.querySelector('[data-id="problem"]').getAttribute('role')).toBe('alert');
    });

    it('has a sentence for failures that say nothing', async () => {
        send.mockRejectedValue(new TypeError());
        const root = await shown(STATE);
        await click(button(root));
        expect(text(root, 'problem')).toContain('could not be reached');
    });

    it('says why the status cannot be shown, and forgets it when it can', async () => {
        const root = await shown();
        read.error({ message: 'You may not see the contract status.' });
        await settled();
        expect(text(root, 'problem')).toBe('You may not see the contract status.');
        read.emit(STATE);
        await settled();
        expect(text(root, 'problem')).toBe('');
    });

    it.each([STATE, { isActive: true }])('can be used by everyone', async (state) => {
        const root = await shown(state);
        await expect(root.host).toBeAccessible();
    });

    it('shows the newest status on request', async () => {
        const root = await shown(STATE);
        await click(root.querySelector('lightning-button-icon'));
        expect(refreshApex).toHaveBeenCalledTimes(1);
        expect(root.querySelector('lightning-button-icon').alternativeText).toBe('Show the newest status');
    });
});
