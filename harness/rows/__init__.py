"""Checks an XML document of any size while it arrives: every element, attribute and value, with the place of what is wrong.

    shape = compile_shape(system, "streams", operation="StreamHistory")
    scan = Scan(shape, window=(1233856800, 1233860399))
    while data := receive():
        if not scan.feed(data):
            break                      # more of it would teach nothing
    result = scan.finish(complete=True)

Memory is bounded whatever the document holds. No sockets and no clock: a reply that comes slowly or never ends is for the
caller's deadline.
"""

from harness.rows.result import Fit, Place, Result, Row, Rule, Violation
from harness.rows.scan import Scan
from harness.rows.shape import Shape, compile_shape

__all__ = ["Fit", "Place", "Result", "Row", "Rule", "Scan", "Shape", "Violation", "compile_shape"]
