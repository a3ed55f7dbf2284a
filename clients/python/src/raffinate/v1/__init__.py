"""The messages of the API, made from proto/raffinate/v1 when the package is built.

``from raffinate.v1 import flowsheet_pb2``; every field says its unit in its name.
"""
