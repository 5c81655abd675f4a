"""Writes the sample texts as DOCX with nothing but the standard library: cover table, header, footer with page numbers,
footnote. The results are committed."""

import pathlib
import zipfile
from xml.sax.saxutils import escape

import texts

HERE = pathlib.Path(__file__).parent
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def run(text, bold=False):
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{weight}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(content, style=None):
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}{content}</w:p>"


def table(rows):
    edge = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    body = "".join(
        "<w:tr>" + "".join(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph(run(cell, bold))}</w:tc>'
                           for cell, width, bold in zip(row, (2400, 6600), (True, False))) + "</w:tr>"
        for row in rows
    )
    return f'<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{edge}</w:tblBorders></w:tblPr><w:tblGrid><w:gridCol w:w="2400"/><w:gridCol w:w="6600"/></w:tblGrid>{body}</w:tbl>'


def sections(parts, footnote_in=None):
    for number, (heading, paragraphs) in enumerate(parts, 1):
        yield paragraph(run(f"{number}. {heading}"), "Heading1")
        for place, text in enumerate(paragraphs, 1):
            note = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>' if heading == footnote_in and place == 1 else ""
            yield paragraph(run(f"{number}.{place} {text}") + note)


def signatures(parties):
    yield paragraph(run("IN WITNESS WHEREOF, the Parties have executed this document by their duly authorized representatives."))
    for company, name, title in parties:
        yield paragraph(run(company, bold=True))
        yield paragraph(run(f"By: ______________________    Name: {name}    Title: {title}    Date: ______________"))


def write(name, body, header, footnote=None):
    relations = [("styles", "styles.xml"), ("header", "header1.xml"), ("footer", "footer1.xml"), ("footnotes", "footnotes.xml")]
    overrides = [("document.xml", "document.main")] + [(file, kind) for kind, file in relations]
    types = "".join(f'<Override PartName="/word/{file}" ContentType="{OFFICE}.{kind}+xml"/>' for file, kind in overrides)
    page = ('<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:footerReference w:type="default" r:id="rId3"/>'
            '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>')
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    marks = "".join(f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{mark}/></w:r></w:p></w:footnote>'
                    for number, kind, mark in ((0, "separator", "separator"), (1, "continuationSeparator", "continuationSeparator")))
    note = f'<w:footnote w:id="2">{paragraph("<w:r><w:footnoteRef/></w:r>" + run(" " + footnote))}</w:footnote>' if footnote else ""
    styles = ('<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="22"/></w:rPr></w:rPrDefault>'
              '<w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults>'
              '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
              '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="40"/></w:rPr></w:style>'
              '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>')
    parts = {
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(f'<Relationship Id="rId{number}" Type="{RELATION}/{kind}" Target="{file}"/>' for number, (kind, file) in enumerate(relations, 1)) + "</Relationships>",
        "word/document.xml": f"<w:document {W} {R}><w:body>{''.join(body)}{page}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
        "word/header1.xml": f"<w:hdr {W}>{paragraph(run(header))}</w:hdr>",
        "word/footer1.xml": f"<w:ftr {W}>{paragraph(run('Page ') + field)}</w:ftr>",
        "word/footnotes.xml": f"<w:footnotes {W}>{marks}{note}</w:footnotes>",
    }
    with zipfile.ZipFile(HERE / f"{name}.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, xml in parts.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), DECLARATION + xml, zipfile.ZIP_DEFLATED)


write(
    texts.MSA_TITLE,
    [paragraph(run(texts.MSA_TITLE.upper()), "Title"), table(texts.MSA_COVER), paragraph(""), paragraph(run(texts.MSA_INTRO)),
     *sections(texts.MSA, footnote_in="Limitation of Liability"), *signatures(texts.MSA_SIGNATURES)],
    "Acme Corporation · Master Services Agreement · Confidential",
    "For the first twelve months after the Effective Date, the cap is the total fees payable for that period under all Order Forms.",
)
write(
    texts.NDA_TITLE,
    [paragraph(run(texts.NDA_TITLE.upper()), "Title"), paragraph(run(texts.NDA_INTRO)), *sections(texts.NDA), *signatures(texts.NDA_SIGNATURES)],
    "Acme Corporation · Mutual Non-Disclosure Agreement",
)
