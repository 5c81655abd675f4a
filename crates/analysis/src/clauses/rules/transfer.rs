rules! {
    Assignment (is_fitted: true, threshold: 4.2, cap: 9) {
        gate: r"\b(assign|transfer|delegat|sublicen|successor|subcontract)";
        heading 1.1: r"\b(assign|transfer|delegat|successors)";
        1.5: r"\b(may not|shall not|not be|cannot|can not|nor|neither party (may|shall)|neither this agreement) .{0,80}\b(assign|transfer|delegat)";
        0.7: r"\b(assign|transfer|delegat).{0,160}\bwithout .{0,60}\b(consent|approval|permission|authorization)";
        1.5: r"\b(prior|express) (\w+ )?(written )?(consent|approval)";
        1.3: r"\b((assign|transfer).{0,60}\b(void|null|no effect|invalid)|void.{0,40}\bassign)";
        0.9: r"\bmay (\w+ ){0,3}assign";
        0.7: r"\b((this|the) agreement|rights (or|and) obligations|its rights|rights hereunder|in whole or in part)";
        -1.0: r"\b(hereby assigns|assigns to|title|moral rights|work product|inventions?|agrees to assign|assigned to (it|him|the project|perform)|personnel|employees assigned|confidential information)";
        1.5: r"\bassign\b";
        1.3: r"\b(any (attempt|purported|such)?\w* ?(assignment|transfer)|attempt)";
        1.6: r"\b(prior )?written consent";
        0.7: r"\b(hereunder|under this agreement|obligations)";
        1.8: r"\b(null and void|void)";
        -1.2: r"\b(patents?|inventions?|copyright|know-how|employees)\b";
        -0.3: r"\b(hereby assign|assigns? to)";
    }

    ChangeOfControl (is_fitted: true, threshold: 4.0, cap: 8) {
        gate: r"\b(control|merge|consolidat|substantially all|acqui|owner|operation of law|sale of|transfer|sold|sell)";
        heading 2.4: r"\b(change (of|in) control|merger|sale of (the )?(business|company))";
        heading 0.7: r"\bassign";
        2.3: r"\bchange (of|in) (the )?(\w+ )?(control|ownership)";
        1.6: r"\b(merge[rs]?\b|consolidat(ion|e)|by operation of law|reorganiz)";
        1.1: r"\b(terminat|consent|deemed|notice|notify)";
        -0.4: r"\b(bankrupt|insolven|receiver)";
        1.9: r"\b(ownership interest|interest in (you|the franchise|us|franchisee)|transfer.{0,60}\binterest)";
        1.2: r"\b(is acquired|acquired by|acquires)";
        1.4: r"\bterminate";
        -0.2: r"\b(direct|indirect)ly.{0,40}\bcontrol";
        0.8: r"\b(third party|competitor)";
        0.1: r"\b(deemed (to be )?an? (assignment|transfer)|shall constitute)";
        -0.5: r"\b(not|neither|nor|no)\b.{0,60}\bassign";
        -0.2: r"\b(successors? (and|or|to)|all or substantially all)";
        0.3: r"\bvoting (securities|stock|power|interest|shares)|\bmajority|\bfifty percent|\b50%";
    }
}
