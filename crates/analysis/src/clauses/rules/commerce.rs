rules! {
    Audit (is_fitted: true, threshold: 2.9, cap: 13) {
        gate: r"\b(audit|inspect|record|books|examin|access|underpa|verif)";
        heading 1.2: r"\b(audit|record|inspect|books|access|examination)";
        1.3: r"\b(right|entitled|permit|allow|may|access|authoriz).{0,120}\b(audit|inspect|examin|review|copy).{0,120}\b(books|records|facilit|premises|accounts|compliance|plant|location|site)";
        0.7: r"\b(books|records|accounts|facilit|premises).{0,160}\b(audit|inspect|examin|available|open|access)";
        1.8: r"\b((normal|regular|ordinary|reasonable) (business|working|office|times?|hours)|reasonable (\w+ )?(notice|times?|intervals))";
        0.5: r"\b((the|such|any|an|each) (audit|inspection|examination)s? (shall|will|may|is|are|reveal|disclose)|audit rights?|audited party|auditor)";
        0.9: r"\b(independent.{0,30}\b(accountant|auditor)|certified public|not more than once|once (per|each|every|a|in any)|verify)";
        -0.2: r"\b(keep|maintain|retain)\w* .{0,60}\b(books|records)";
        -1.2: r"\b(audited financial|financial statements|audit committee|registration statement|confidential information|securities act|warrants)";
        1.9: r"\baudit";
        1.1: r"\binspect";
        1.2: r"\b(have the right|shall have the right|right (at any|to|, at|, upon))";
        0.7: r"\b((cost|expense)s? (of|and|shall|will).{0,40}\b(borne|paid|audit|inspect)|borne by)";
        1.4: r"\b(at (any|all) (reasonable )?times?|upon .{0,30}\bnotice)";
        0.2: r"\b(more than|exceeds?|at least .{0,10}\bpercent)";
        0.7: r"\b((books|accounts) (and|of) (records|account)|books and records|records)";
        -1.3: r"\b(means|disclos|sign|regulatory|network|software)";
    }

    Insurance (is_fitted: true, threshold: 2.0, cap: 12) {
        gate: r"\b(insur|polic(y|ies)|coverage|certificate)";
        heading 2.1: r"\b(insurance|insured)";
        1.1: r"\b((maintain|procure|obtain|carry|keep|provide|purchase|secure|effect).{0,80}\binsurance|insurance.{0,60}\b(maintain|procure|obtain|carr|kept|in force))";
        1.7: r"\b(liability|workers'?|compensation|casualty|property|automobile|errors and omissions|umbrella|general|product) (\w+ )?insurance";
        0.9: r"\b(additional(ly)? (named )?insured|named insured|certificates? of insurance|insurance (polic|coverage|carrier|requirement)|policies of insurance|insurer)";
        1.0: r"\$ ?[\d,.]+|\bmillion|\bper occurrence|\baggregate|\blimits? of";
        0.4: r"\b(cancel|waiver of subrogation|self-?insur|evidence of|underwriter|best)";
        -1.5: r"\b(insurance (business|product|company act|agent)|life insurance compan|fdic|national insurance|health insurance benefits|insurance proceeds|ensur|employee benefit|securities|taxes)";
        1.4: r"\binsured\b";
        0.9: r"\b(shall|will|must|agrees to) (\w+,? ){0,4}(maintain|carry|obtain|procure|provide|keep|have|purchase)";
        0.5: r"\b(such insurance|such polic|insurance coverage|each policy|the policies|all policies)";
        0.6: r"\b(thirty|30|ten|10)\b.{0,20}\bdays.{0,60}\bnotice|\bprior written notice";
        1.8: r"\b(not less than|at least|minimum|in (such )?amounts)";
        1.1: r"\b(bodily injury|property damage|product liability|commercial general)";
        -1.9: r"\b(liabl|indemnif|relating to|obligations?)";
    }

    IpOwnership (is_fitted: true, threshold: 4.2, cap: 11) {
        gate: r"\b(own|title|assign|property|for hire|vest|belong|invention|intellectual)";
        heading 0.3: r"\b(owner|intellectual|propriet|work product|inventions|developments|title|assign)";
        2.9: r"\b(hereby|agrees? to|shall|will|does hereby|and hereby)( \w+){0,3} (assigns?|transfers?|conveys?)\b.{0,240}\b(title|right|interest|intellectual|invention|work|copyright|patent|trademark|improvement|goodwill)";
        2.1: r"\b(works? (made )?for hire|work product)";
        0.4: r"\b(belong|vests?|vested|owned) (\w+ ){0,4}(exclusively |solely )?(to|in|by)";
        2.4: r"\b((jointly|co-?) ?own|joint owner|owned jointly|joint inventions|joint (ip|patent|intellectual))";
        1.8: r"\b(shall|will) (\w+ ){0,3}(be|become|remain|vest)( \w+){0,4} (the )?(sole |exclusive |joint )*(and exclusive )?(property|own)";
        1.1: r"\b(right, title,? and interest|rights,? titles?|all (intellectual|rights|ownership))";
        0.9: r"\b(develop|creat|conceiv|invent|improvement|deriv|prepared|deliverable|modification)";
        1.5: r"\bhereby (irrevocably )?(assign|transfer|convey|grant)";
        1.9: r"\b(execute|deliver|sign).{0,100}\b(document|instrument|assignment|paper)";
        1.2: r"\b(jointly|joint)";
        0.9: r"\b(agrees? to|shall|will) (promptly |hereby |and hereby |and does hereby )?assign";
        1.3: r"\b(such rights|rights therein|title,? and interest in)";
        0.5: r"\b(patents?|copyrights?|trademarks?|domain name|inventions?)";
        0.7: r"\b(shall (be )?(solely |exclusively |jointly )?own|owned (solely|exclusively|jointly|by))";
        -1.7: r"\b(means|between the parties as|consent|prior to the effective)";
        1.2: r"\bfor hire";
    }

    Warranty (is_fitted: true, threshold: 3.9, cap: 9) {
        gate: r"\b(warrant|defect|guarant|free from|conform|repair|replac|fault)";
        heading 1.0: r"\b(warrant|defect|guarant)";
        1.6: r"\b(warranty period|(warrant|guarant)\w*.{0,200}\b(for|during|within) (a )?(period|term)?.{0,30}\b(days?|months?|years?)\b)";
        0.4: r"\b(defects? in|defective|free (from|of) .{0,40}\bdefect|workmanship|non-?conform)";
        1.5: r"\b(days?|months?|years?)\b.{0,60}\b(from|after|following|of) .{0,30}\b(date|delivery|shipment|acceptance|receipt|installation|purchase|completion|sale)";
        1.2: r"\bwarranty period";
        0.6: r"\b(shipment|delivery|acceptance|installation|invoice|receipt|purchase)";
        1.2: r"\bone \(?1?\)? ?year|\b(12|90|30|60|ninety|thirty|twelve|eighteen|24|18)\b.{0,12}\b(days|months)";
        1.4: r"\b(limited warranty|product warranty|end.\buser)";
        0.7: r"\b(defects? in|defective|latent|fail(s|ed)? to (so )?(conform|perform))";
        1.2: r"\b(products?\b|software|hardware|equipment|work)";
        -1.6: r"\b(breach|default|indemnif|terminat|law\b)";
    }

    Payment (is_fitted: true, threshold: 3.2, cap: 13) {
        gate: r"\bpay|\binvoice|\bfee|\broyalt|\brevenue|\bminimum|\bprice|\bpurchase|\bpercent|%|\$|\bamount|\bat least|\bless than|\bshare";
        heading 1.0: r"\b(payment|fees|compensation|price|royalt|revenue|minimum|invoic|charges|consideration)";
        0.7: r"\b(shall|will|agrees? to|must) (\w+ ){0,3}pay\b.{0,80}(\$|\busd|\bfee|\broyalt|\bamount|\bpercent|%|\bprice|\binvoice|\bsum|\bcommission|\bcompensation)";
        -0.2: r"\b(invoice|payment|amount|fee)s?.{0,120}\b(within|no later than|not later than|due|net) .{0,30}\bdays";
        1.6: r"(\bpercent|%)\)? of .{0,40}\b(net|gross|revenue|sales|receipts|profit|proceeds)|\brevenue shar|\broyalty of|\bprofit shar";
        0.7: r"\b(minimum (annual |monthly |quarterly |cumulative |guaranteed )?(purchase|order|commitment|royalt|payment|quantit|volume|fee|guarantee|amount|number)|minimum of|(purchase|order|buy) (\w+ ){0,3}(at least|no less|not less|a minimum))";
        -0.5: r"\b(interest (at|of)|late payment|overdue|per annum|in arrears|in advance)";
        -1.2: r"\b(indemnif|insurance|audit|liab(le|ility)|terminat|confidential|taxes|expenses)";
        2.7: r"\bminimum";
        1.5: r"(\bpercent|%|\)) ?\)? of|\bpercentage of";
        0.8: r"\b(gross|net (sales|revenue|income|proceeds|profit|receipts)|royalt)";
        1.2: r"\b(not less than|at least|no less than|fewer than)";
        0.5: r"\b(share|commission|split)";
        0.6: r"\b((calendar|contract|fiscal|each|per) (year|quarter|month)|annual|quarterly)";
        0.8: r"\b(shall pay|will pay|agrees to pay|entitled to)";
        0.7: r"\b(equal to|amount equal)";
        -0.8: r"\b(invoice|due date|taxes|expenses|late|reimburs)";
        0.6: r"\$ ?\d|\bus\$|\bdollars|\bcents";
        0.4: r"\b(commit|guarante|quota|target)";
        1.4: r"\b(sold|sales|revenues?)";
    }

    Payment (is_fitted: false, threshold: 3.0, cap: 6) {
        gate: r"\bpay|\binvoice|\binterest|\bfees?\b|\bprices?\b|\brates?\b";
        heading 1.0: r"\b(payment|fees|invoic|billing|charges|compensation|pric(e|ing))";
        2.0: r"\b(shall|will|must|agrees? to|is obliged to) (\w+,? ){0,4}pay\b.{0,120}(\binvoice|\bfees?\b|\bprice|\bcharges|\bamounts?|\bcommission|\bcompensation|\$|\busd)";
        2.0: r"\b(invoices?|payments?|amounts?|fees?)\b.{0,120}\b(within|no later than|not later than|due|net) .{0,30}\bdays";
        2.0: r"\binvoices?\b.{0,80}\b(in advance|in arrears|monthly|annually|quarterly|upon)";
        2.5: r"\b((not paid (when|on the|by the) due|not paid when|overdue|late payments?|past due|unpaid).{0,160}(\binterest|\bpercent|%|\blate (fee|charge))|interest .{0,100}\b(overdue|late|past due|unpaid|not paid))";
        2.0: r"\b(may|shall|will) (\w+ ){0,2}(increase|raise|adjust) .{0,40}\b(fees?|prices?|rates?|charges)\b";
        -2.5: r"\bindemnif|\bterminat|\baudit|\binsurance|\bliab(le|ility)|\bseverance|\bdividend|\bescrow|\bconfiden|\battorney|\bcourt|\bmeans\b";
    }
}
