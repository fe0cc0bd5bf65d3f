# A folder for a data desk: captions of its files, which stand in the manifest.
export-withheld = checks failed: there is no file of a figure, table or number, since it would be seen without the report's warning
export-report = The report: { $title }
export-cff = How to cite the fit, Citation File Format 1.2.0
export-citation = How to cite the fit, in words
export-cells = { $caption } (cells as printed)
export-marks = { $alt } Coordinates of the marks as drawn, unrounded.
export-no-sign = { $file }: the font lacks a sign of the drawing; see the SVG
export-numbers = { $quantity ->
    [expected] Expected arrivals a year, by group and year (unrounded)
    [rate] Arrivals per person-year at risk, by group and year (unrounded)
    [share] Share of the headline's group in expected arrivals, by year (unrounded)
    [effects] Effects as ratios of rates, prior beside posterior (unrounded)
   *[change] Levels, ratios, parts and probabilities of the headline's first comparison (unrounded)
  }
export-draws = Draws of share, count and total of { $group }, { $first } and { $last } (unrounded)
# How to cite a fit.
export-title = Fit of '{ $model }' to '{ $dataset }'
export-as-of = statements as they stood on { $day }
export-all = all statements
export-all-until = all statements of the dataset, the last published { $day }
export-not-stated = not stated
# $versions are names of packages with their versions; $digest and $evidence_digest are SHA-256.
export-abstract = Posterior of model { $model } (SHA-256 { $digest }) given dataset { $dataset } with its series (SHA-256 { $evidence_digest }), { $evidence }. Sampler { $sampler }, seed { $seed }, { $settings }. Versions: { $versions }. Checks: { $verdict ->
    [pass] pass
    [warn] warn
   *[fail] fail
  }.
export-cite = [Your name]. { $title }. Made with defectmodels { $version }. { $abstract }
export-cite-who = [Your name] is whoever publishes this: the fit does not know. Cite the dataset too.
export-cite-dataset = Dataset: { $title }. { $citation }
export-file-model = the model
export-file-dataset = dataset and series
export-unknown-author = not stated: whoever publishes this fit
export-see-notes = not stated as such: see the notes
export-no-citation = The dataset states no citation.
export-authors = the defectmodels authors
export-ask = If you use figures or numbers of this fit, cite it as below, with its dataset.
