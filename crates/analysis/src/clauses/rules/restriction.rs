rules! {
    Exclusivity (is_fitted: true, threshold: 4.2, cap: 9) {
        gate: r"\bexclusiv|\bsolely|\brequirements|\bsole\b|\bonly|\bother than|\bany other|\bthird part|\bprohibit|\bcompet|\bother (supplier|distributor)";
        heading 1.3: r"\b(exclusiv|appointment)";
        heading -1.8: r"\b(confiden|govern|jurisdiction|disput|remed|intellectual|owner|propriet|liabilit|warrant|represent|definition|insurance|recital|trademark)";
        1.5: r"\bexclusive\b.{0,80}\b(right|licen|distribut|agent|basis|supplier|provider|territory|represent|reseller|manufactur|partner|sponsor|market)";
        2.2: r"\b(not|nor|neither|prohibited)\b.{0,160}\b(any (source|person|entity|party|third party|one)|anyone|else).{0,60}\bother than";
        2.9: r"\b(exclusively (from|to|with|for|through|by)|exclusivity)";
        2.0: r"\b(shall|will) not .{0,100}\b(appoint|authorize|engage|permit|grant|license|sell|purchase|enter into).{0,160}\b(any other|third part|other (party|person|distribut|supplier|entity))";
        0.4: r"\b((all|entire) of its (requirements|needs)|(all|total) requirements|sole (supplier|source|provider|distributor)|solely from|only from)";
        0.3: r"\b(territory|during the term|field)";
        -1.5: r"\b(non-?exclusive|exclusive (jurisdiction|venue|property|remed|liabilit|own|control|forum|of (tax|all))|exclusive and|shall be exclusive of|not exclusive|mutually exclusive|sole and exclusive (remed|property|own|judg|jurisd|discret)|exclusively (in the|own|by the (state|federal|courts)))";
        2.7: r"\b(an|the|its|sole and) exclusive\b";
        -0.8: r"\bnon-? ?exclusive";
        1.3: r"\b(grants?.{0,60}\bexclusive|exclusive.{0,60}\b(license|right) to)";
        1.2: r"\bappoint";
        1.0: r"\b(shall|will|agrees?( to)?|may) (\w+ ){0,4}(purchase|buy|obtain|order|use|deal|work|source).{0,80}\b(exclusively|only|all of its|solely)";
        1.1: r"\b(during the term|in the territory|in the field)";
        -1.2: r"\b(confiden|disclos|secre)";
        -1.4: r"\b(sole and exclusive|exclusive (benefit|purpose|use|warrant|owner|obligation|discretion|responsib)|exclusive of|exclusive right to (apply|remove|protect|control|prosecute|defend|determine|enforce))";
        -0.3: r"\b(intellectual property|patents?|copyrights?|inventions?|goodwill)";
        -1.4: r"\bwhereas\b|\brepresents|\bmeans\b|\bshall mean";
        0.9: r"\bexclusive .{0,40}\b(distributor|agent|supplier|provider|sponsor|reseller|representative|licensee|dealer|partner)";
        0.8: r"\bonly (\w+ )?(distributor|supplier|provider|sponsor|agent|source|party)";
    }

    NonCompete (is_fitted: true, threshold: 4.8, cap: 7) {
        gate: r"\b(compet|similar|engage|business|interest in|sell|market|operate|offer|perform services)";
        heading 2.0: r"\b(compet|restrictive covenant|exclusiv|covenant)";
        heading -0.7: r"\b(confiden|licen|represent|warrant|indemn|definition|intellectual|owner|terminat|force majeure|trademark)";
        0.9: r"\b(shall|will|may|agree|agrees|covenant|do|does|neither)\b.{0,30}\b(not|nor|neither|refrain)\b.{0,300}\b(compet(e|es|ing|itive|itor)|similar)";
        1.1: r"\bdirectly or indirectly";
        1.5: r"\b((compete|competes|competing|competitive) (\w+ )?(with|business|product|service|activit)|competing (business|product|service)|in competition with)";
        1.5: r"\b(engage|participate|invest|be employed|own|operate|carry on|involved|interest) .{0,60}\b(in|by|any).{0,40}\b(business|enterprise|compan|entity|activit)";
        -0.2: r"\bsolicit";
        2.5: r"\bcompetitors?\b";
        1.5: r"\bcompet(e|es|ing|itive)\b";
        1.2: r"\b(shall|will|agrees?|covenants?|may) not";
        1.4: r"\b(engage in|have any (interest|involvement)|interest in any)";
        0.9: r"\b(during the term|(for|during) a period|after (the )?(termination|expiration))";
        0.6: r"\b(substantially similar|same or similar|similar (to|business|product))";
        0.3: r"\b(not|nor|neither|refrain|prohibited)\b.{0,200}\b(sell|market|distribut|promot|manufactur|offer|develop|represent|provide|sponsor|endors|display|run)\w*.{0,200}\b(compet|similar)";
        0.4: r"\b(advertis|promot|sponsor|endors|link|banner|placement)\w*.{0,120}\bcompetit";
        -0.8: r"\b(confiden|disclos|secre|proprietary information)";
        -0.1: r"\b(unfair competition|reverse engineer|represents and warrants|nothing in this|shall not prevent|non-?exclusive)";
        0.3: r"\b(products? (of|or services of) (any|a) (competitor|third)|third part)";
        0.7: r"\b(in the (territory|field|market)|within .{0,40}\b(territory|miles|united states))";
    }

    Confidentiality (is_fitted: false, threshold: 3.5, cap: 4) {
        gate: r"\b(confiden|disclos|secre|proprietary information)";
        heading 1.5: r"\b(confiden|non-?disclosure|secre)";
        3.0: r"\b(shall|will|agrees?( to)?|must|undertakes?) (\w+,? ){0,8}(not|keep|hold|maintain|treat|protect|safeguard|preserve).{0,120}\b(confiden|disclos|secre|proprietary)";
        1.0: r"\b(confidential information|proprietary information|trade secret|third part)";
        1.0: r"\b(except|without .{0,40}\bconsent|strict(est)? confidence|need to know|same degree of care)";
        -2.0: r"\bexhibit|\bredacted|\bomitted|\bconfidential treatment|\bsecurities and exchange|\bmeans\b";
    }
}
