"""The base of every API route. Public names:

- ``views.VerbView``: one operation as ``get`` or ``post``; return ``Response(data)`` or any Django response.
- ``views.Resource`` and ``routing.verbs(prefix, Resource, "create list fetch update delete")``: a model's verb routes.
  Also ``clone`` (``clone_item(item, owner)``), ``export``, and ``shared_verbs`` for objects with a visibility.
  Hooks: ``get_queryset``, ``get_item``, ``filter_list``, ``perform_create``; further verbs are methods, listed in ``verbs``.
- ``views.ChildResource``: the same for objects inside another: ``parent``, ``parent_lookup``, ``parent_field``.
- ``serializers.ResourceSerializer``: model fields in snake_case in ``Meta.fields``; camelCase on the wire, null and absent as the contract says;
  ``OWNED_FIELDS``, ``IdSerializer``, ``ErrorSerializer``.
- ``fields``: ``Text``, ``Flag``, ``Whole``, ``Moment``, ``Meta``, ``Reference(model)``, ``merge_meta(old, new)``.
- ``lookup``: ``find(queryset, id_or_alias)``, ``find_or_404``, ``owned(model, user)``.
- ``lists``: ``page_of(query) -> Page``, ``Page.of(queryset)``, ``Page.pages(queryset)``, ``filter_list``.
- ``streams``: ``wanted_type(request)``, ``jsonl``, ``json_line``, ``csv_rows``, ``streaming(request, chunks, content_type)``.
- ``errors``: ``ApiError(status, message, code=None, retry_after=None)``; for plain views ``json_error(status, message, code, retry_after)``
  and ``problem_of(exception)``; ``handlers`` has the root URLconf's handler400, 403, 404 and 500.
- ``plain.api_view(method)`` and ``plain.body_of(request)`` for plain async views; DRF views use ``parsers.StrictJSONParser``.
- ``schema.VerbSchema`` describes it all; ``extend_schema`` on a view adds or overrides;
  ``described.described("POST", request=…, responses=…)`` puts a plain async view into it.
"""
