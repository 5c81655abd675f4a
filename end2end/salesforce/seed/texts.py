"""The words of the sample documents. All names are invented."""

MSA_TITLE = "Master Services Agreement"
MSA_COVER = [
    ("Provider", "Acme Corporation, a Delaware corporation, 500 Harbor Way, Wilmington, Delaware 19801"),
    ("Customer", "Northwind Traders, Inc., a New York corporation, 88 Pine Street, New York, New York 10005"),
    ("Effective Date", "March 1, 2026"),
    ("Initial Term", "Thirty-six (36) months from the Effective Date, expiring February 28, 2029"),
    ("Governing Law", "State of New York"),
    ("Agreement Number", "ACM-MSA-2026-0147"),
]
MSA_INTRO = (
    "This Master Services Agreement (this “Agreement”) is entered into as of March 1, 2026 (the “Effective Date”) by and "
    "between Acme Corporation, a Delaware corporation (“Provider”), and Northwind Traders, Inc., a New York corporation "
    "(“Customer”). Provider and Customer are each referred to as a “Party” and together as the “Parties”."
)
MSA = [
    ("Definitions", [
        "“Affiliate” means any entity that directly or indirectly controls, is controlled by, or is under common control with a Party, where control means ownership of more than fifty percent (50%) of the voting interests of that entity.",
        "“Confidential Information” has the meaning given in Section 10. “Deliverables” means the work product that Provider is required to deliver under an Order Form. “Services” means the hosted platform, implementation and support services described in an Order Form.",
        "“Order Form” means a written order signed by both Parties that refers to this Agreement. In the event of a conflict, this Agreement prevails over an Order Form unless the Order Form expressly identifies the provision that it amends.",
    ]),
    ("Services and Order Forms", [
        "Provider shall perform the Services in accordance with this Agreement and the applicable Order Form. Customer shall provide the information, access and cooperation that Provider reasonably requires in order to perform the Services.",
        "Neither Party may change the scope of the Services except by a written change order signed by an authorized representative of each Party.",
    ]),
    ("Fees and Payment Terms", [
        "Customer shall pay the fees set forth in each Order Form. Provider shall invoice annually in advance, and Customer shall pay each undisputed invoice within forty-five (45) days after receipt. All fees are stated in United States dollars and exclude taxes.",
        "Any undisputed amount that is not paid when due bears interest at the lesser of one percent (1.0%) per month and the maximum rate permitted by applicable law. Customer may withhold an amount disputed in good faith provided that it gives written notice of the dispute within fifteen (15) days after receipt of the invoice.",
        "Provider may increase the recurring fees on each anniversary of the Effective Date by no more than the lesser of four percent (4%) and the percentage increase in the Consumer Price Index over the preceding twelve months.",
    ]),
    ("Term and Renewal", [
        "This Agreement commences on the Effective Date and continues for an initial term of thirty-six (36) months, expiring on February 28, 2029 (the “Initial Term”), unless terminated earlier in accordance with Section 5.",
        "Upon expiration of the Initial Term, this Agreement shall automatically renew for successive periods of twelve (12) months (each, a “Renewal Term”) unless either Party gives the other written notice of non-renewal at least ninety (90) days before the end of the then-current term.",
    ]),
    ("Termination", [
        "Termination for Convenience. Customer may terminate this Agreement or any Order Form for convenience, without cause and without penalty, upon sixty (60) days’ prior written notice to Provider. Customer shall pay for all Services performed through the effective date of termination.",
        "Termination for Cause. Either Party may terminate this Agreement upon written notice if the other Party materially breaches this Agreement and fails to cure the breach within thirty (30) days after written notice, or becomes insolvent, makes an assignment for the benefit of creditors, or becomes the subject of bankruptcy proceedings that are not dismissed within sixty (60) days.",
        "Upon termination Provider shall return all Customer data in a commonly used format and shall, at Customer’s request, provide up to ninety (90) days of post-termination transition services at its then-current rates. Sections 3, 7, 8, 9, 10, 13 and 17 survive termination or expiration.",
    ]),
    ("Warranties", [
        "Provider warrants that for a period of ninety (90) days after delivery (the “Warranty Period”) the Deliverables will conform in all material respects to their specifications, and that the Services will be performed in a professional and workmanlike manner by suitably qualified personnel.",
        "If Provider breaches this warranty, Provider shall re-perform the Services or correct the Deliverables at no charge. EXCEPT AS EXPRESSLY SET FORTH IN THIS AGREEMENT, PROVIDER DISCLAIMS ALL OTHER WARRANTIES, EXPRESS OR IMPLIED, INCLUDING MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE.",
    ]),
    ("Indemnification", [
        "Provider shall defend, indemnify and hold harmless Customer, its Affiliates and their respective officers, directors and employees from and against any third-party claim, loss, damage or expense (including reasonable attorneys’ fees) arising out of an allegation that the Services or Deliverables infringe or misappropriate any patent, copyright, trademark or trade secret.",
        "Customer shall defend, indemnify and hold harmless Provider from and against any third-party claim arising out of Customer’s use of the Services in violation of this Agreement or applicable law. The indemnified Party shall give prompt notice of the claim and reasonable cooperation, and the indemnifying Party shall control the defense.",
    ]),
    ("Limitation of Liability", [
        "Cap on Liability. EXCEPT AS PROVIDED IN THE FOLLOWING PARAGRAPH, THE AGGREGATE LIABILITY OF EITHER PARTY ARISING OUT OF OR RELATED TO THIS AGREEMENT SHALL NOT EXCEED THE TOTAL FEES PAID OR PAYABLE BY CUSTOMER DURING THE TWELVE (12) MONTHS PRECEDING THE EVENT GIVING RISE TO THE CLAIM. IN NO EVENT SHALL EITHER PARTY BE LIABLE FOR INDIRECT, INCIDENTAL, SPECIAL OR CONSEQUENTIAL DAMAGES OR FOR LOST PROFITS.",
        "Uncapped Liability. The limitations in this Section do not apply to, and liability shall be unlimited for, (a) a Party’s gross negligence, fraud or willful misconduct, (b) a breach of Section 10 (Confidentiality), (c) a Party’s indemnification obligations under Section 7, or (d) bodily injury or death.",
    ]),
    ("Intellectual Property Ownership", [
        "Provider retains all right, title and interest in and to the platform, its pre-existing materials and all improvements to them. Customer retains all right, title and interest in and to Customer data.",
        "Upon full payment, Provider hereby assigns to Customer all right, title and interest, including all intellectual property rights, in and to the Deliverables created exclusively for Customer, and grants Customer a non-exclusive, perpetual, irrevocable, worldwide, royalty-free license to use any Provider materials incorporated in the Deliverables for Customer’s internal business purposes. This license is not transferable except in connection with a permitted assignment under Section 13.",
    ]),
    ("Confidentiality", [
        "Each Party (the “Receiving Party”) shall hold in strict confidence all non-public information disclosed by the other Party that is marked confidential or that a reasonable person would understand to be confidential (“Confidential Information”), shall use it solely to perform this Agreement, and shall disclose it only to personnel and advisors with a need to know who are bound by obligations no less protective.",
        "These obligations do not apply to information that is or becomes public through no fault of the Receiving Party, was lawfully known before disclosure, is independently developed, or is required to be disclosed by law after prompt notice. They continue for five (5) years after termination and, for trade secrets, for as long as the information remains a trade secret.",
    ]),
    ("Exclusivity", [
        "During the Initial Term, Customer shall purchase logistics planning services of the kind described in the first Order Form exclusively from Provider for its operations in the United States. This exclusivity ceases if Provider fails to meet the agreed service levels in any three months of a calendar year.",
    ]),
    ("Non-Competition and Non-Solicitation", [
        "During the term and for twelve (12) months thereafter, Provider shall not, directly or indirectly, offer to the competitors of Customer listed in Exhibit B a product built substantially on Customer’s proprietary routing data (the “Non-Compete”).",
        "During the same period neither Party shall solicit for employment any employee of the other Party who was involved in the performance of this Agreement, except through general advertising not directed at such employees.",
    ]),
    ("Assignment and Change of Control", [
        "Neither Party may assign or transfer this Agreement, by operation of law or otherwise, without the prior written consent of the other Party, which shall not be unreasonably withheld. Any attempted assignment in violation of this Section is void.",
        "A merger, consolidation, sale of substantially all assets, or acquisition of more than fifty percent (50%) of the voting securities of a Party (a “Change of Control”) is deemed an assignment requiring consent. Customer may terminate this Agreement upon thirty (30) days’ written notice if Provider undergoes a Change of Control in favor of a competitor of Customer.",
    ]),
    ("Audit Rights", [
        "Provider shall maintain complete and accurate books and records relating to the Services and the fees. Customer or its independent auditor may, upon ten (10) business days’ written notice and not more than once in any twelve-month period, inspect and audit those records during normal business hours.",
        "If an audit reveals an overcharge of more than five percent (5%), Provider shall refund the overcharge and reimburse the reasonable costs of the audit. These audit rights continue for two (2) years after termination.",
    ]),
    ("Insurance", [
        "Provider shall maintain at its own expense during the term commercial general liability insurance of not less than $2,000,000 per occurrence, professional liability and cyber insurance of not less than $5,000,000 in the aggregate, and workers’ compensation insurance as required by law, and shall name Customer as an additional insured. Provider shall deliver certificates of insurance upon request.",
    ]),
    ("Data Protection", [
        "Provider shall maintain administrative, technical and physical safeguards no less rigorous than accepted industry practices, shall process personal data only on Customer’s documented instructions, and shall notify Customer without undue delay and in any event within seventy-two (72) hours after becoming aware of a security incident affecting Customer data.",
    ]),
    ("Governing Law and Disputes", [
        "This Agreement is governed by and construed in accordance with the laws of the State of New York, without regard to its conflict of laws principles. The Parties submit to the exclusive jurisdiction of the state and federal courts located in New York County, New York.",
    ]),
    ("General", [
        "Notices must be in writing and are deemed given when delivered by hand, one business day after deposit with a recognized overnight courier, or upon confirmed receipt by electronic mail, at the addresses on the cover page. Neither Party is liable for delay caused by events beyond its reasonable control.",
        "This Agreement, with its exhibits and Order Forms, is the entire agreement of the Parties and supersedes all prior understandings on its subject. It may be amended or waived only in writing signed by both Parties. If any provision is held unenforceable, the remaining provisions continue in full force. This Agreement may be executed in counterparts, each of which is an original.",
    ]),
]
MSA_SIGNATURES = [
    ("ACME CORPORATION", "Dana Whitfield", "Vice President, Sales"),
    ("NORTHWIND TRADERS, INC.", "Priya Raman", "General Counsel"),
]

NDA_TITLE = "Mutual Non-Disclosure Agreement"
NDA_INTRO = (
    "This Mutual Non-Disclosure Agreement (this “Agreement”) is made effective as of January 15, 2026 (the “Effective Date”) "
    "between Acme Corporation, a Delaware corporation, and Initech LLC, a Texas limited liability company, in order to "
    "evaluate a possible business relationship (the “Purpose”)."
)
NDA = [
    ("Confidential Information", ["“Confidential Information” means all non-public business, technical and financial information disclosed by one party (the “Discloser”) to the other (the “Recipient”), in any form, that is designated confidential or should reasonably be understood to be confidential."]),
    ("Obligations", ["The Recipient shall use Confidential Information solely for the Purpose, shall protect it with at least reasonable care, and shall not disclose it to anyone other than employees and advisors who need to know it and are bound by written obligations at least as protective."]),
    ("Exceptions", ["These obligations do not apply to information that the Recipient can show is public through no breach, was known to it before disclosure, was received from a third party without restriction, or was independently developed. Disclosure compelled by law is permitted after prompt written notice to the Discloser."]),
    ("Term", ["This Agreement expires two (2) years after the Effective Date. Either party may terminate it at any time upon thirty (30) days’ written notice. The obligations of confidentiality survive for three (3) years after each disclosure."]),
    ("No License and No Warranty", ["No license or other right in any Confidential Information is granted. All Confidential Information is provided “as is”, without warranty of any kind."]),
    ("Remedies", ["A breach may cause irreparable harm for which damages are not an adequate remedy. The Discloser may seek injunctive relief in addition to any other remedy. Nothing in this Agreement limits liability for willful misconduct."]),
    ("General", ["Neither party may assign this Agreement without the prior written consent of the other. This Agreement is governed by the laws of the State of Texas, without regard to conflict of laws rules, and is the entire agreement of the parties on its subject."]),
]
NDA_SIGNATURES = [("ACME CORPORATION", "Dana Whitfield", "Vice President, Sales"), ("INITECH LLC", "Marcus Bell", "Chief Operating Officer")]

ORDER_TITLE = "Order Form"
ORDER_INTRO = (
    "This Order Form No. 3 is entered into between Acme Corporation (“Provider”) and Umbrella Logistics GmbH (“Customer”) "
    "under the Master Services Agreement dated June 2, 2025, and is effective as of April 1, 2026."
)
ORDER_ROWS = [
    ("Service", "Quantity", "Annual fee"),
    ("Route planning platform, 40 planners", "40", "USD 48,000.00"),
    ("Premium support", "1", "USD 9,500.00"),
    ("Implementation workshop (one time)", "2 days", "USD 8,000.00"),
    ("Total for the first year", "", "USD 65,500.00"),
]
ORDER = [
    ("Subscription Term", ["The subscription term is twelve (12) months from April 1, 2026 and expires on March 31, 2027. It renews automatically for successive twelve-month terms unless either party gives written notice of non-renewal at least sixty (60) days before the end of the current term."]),
    ("Payment Terms", ["Provider invoices the annual fees in advance. Customer shall pay each invoice within thirty (30) days after the invoice date."]),
    ("Liability", ["Provider’s aggregate liability under this Order Form shall not exceed the fees paid under it in the preceding twelve (12) months."]),
    ("Governing Law", ["This Order Form is governed by the laws of the State of Delaware. All other terms of the Master Services Agreement apply unchanged."]),
]
ORDER_SIGNATURES = [("ACME CORPORATION", "Dana Whitfield", "Vice President, Sales"), ("UMBRELLA LOGISTICS GMBH", "Jonas Albrecht", "Managing Director")]
