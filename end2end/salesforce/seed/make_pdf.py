"""Lays the sample texts out as PDF. Needs reportlab; the results are committed."""

import pathlib

from reportlab.lib import colors, pagesizes
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

import texts

HERE = pathlib.Path(__file__).parent
BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=15, spaceAfter=6, alignment=4)
HEAD = ParagraphStyle("head", parent=BODY, fontName="Times-Bold", spaceBefore=8, keepWithNext=1)
TITLE = ParagraphStyle("title", parent=BODY, fontName="Times-Bold", fontSize=20, leading=26, alignment=1, spaceAfter=16)
CELL = ParagraphStyle("cell", parent=BODY, alignment=0, spaceAfter=0)


def sections(parts):
    for number, (heading, paragraphs) in enumerate(parts, 1):
        yield Paragraph(f"{number}. {heading}", HEAD)
        for place, paragraph in enumerate(paragraphs, 1):
            yield Paragraph(f"{number}.{place} {paragraph}", BODY)


def table(rows, widths):
    cells = [[Paragraph(cell, CELL) for cell in row] for row in rows]
    grid = Table(cells, colWidths=widths)
    grid.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return grid


def signatures(parties):
    cells = [[Paragraph(f"<b>{company}</b><br/><br/>By: ______________________<br/>Name: {name}<br/>Title: {title}<br/>Date: ____________________", CELL) for company, name, title in parties]]
    lead = Paragraph("IN WITNESS WHEREOF, the Parties have executed this document by their duly authorized representatives.", BODY)
    return KeepTogether([Spacer(1, 8), lead, Spacer(1, 6), Table(cells, colWidths=[80 * mm, 80 * mm])])


def build(name, flow, running):
    def decorate(canvas, document):
        canvas.setFont("Times-Italic", 9)
        canvas.drawString(25 * mm, 285 * mm, running)
        canvas.drawCentredString(105 * mm, 12 * mm, f"Page {document.page}")

    document = SimpleDocTemplate(
        str(HERE / f"{name}.pdf"), pagesize=pagesizes.A4, leftMargin=25 * mm, rightMargin=25 * mm, topMargin=22 * mm,
        bottomMargin=22 * mm, title=name, author="Acme Corporation", invariant=1,
    )
    document.build(flow, onFirstPage=decorate, onLaterPages=decorate)


build(
    texts.MSA_TITLE,
    [Paragraph(texts.MSA_TITLE.upper(), TITLE), table([(f"<b>{k}</b>", v) for k, v in texts.MSA_COVER], [40 * mm, 120 * mm]),
     Spacer(1, 14), Paragraph(texts.MSA_INTRO, BODY), *sections(texts.MSA), signatures(texts.MSA_SIGNATURES)],
    "Acme Corporation · Master Services Agreement · Confidential",
)
build(
    texts.ORDER_TITLE,
    [Paragraph(texts.ORDER_TITLE.upper(), TITLE), Paragraph(texts.ORDER_INTRO, BODY), Spacer(1, 6),
     table(texts.ORDER_ROWS, [95 * mm, 25 * mm, 40 * mm]), Spacer(1, 6), *sections(texts.ORDER), signatures(texts.ORDER_SIGNATURES)],
    "Acme Corporation · Order Form No. 3",
)
