data {
  int<lower=1> T;
  int<lower=1> K;
  array[T] int count;
  matrix[T, K] x;
  vector[T] log_years;
  real mu;
  real sigma;
  real effect_sigma;
  real frailty_mu;
  real frailty_sigma;
}
parameters {
  real log_level;
  vector[K] effect;
  real log_cv;
}
model {
  log_level ~ normal(mu, sigma);
  effect ~ normal(0, effect_sigma);
  log_cv ~ normal(frailty_mu, frailty_sigma);
  count ~ neg_binomial_2_log(log_level + x * effect + log_years, exp(-2 * log_cv));
}
