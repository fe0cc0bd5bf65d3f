data {
  int<lower=1> T;
  array[T] int count;
  vector[T] log_years;
  real mu;
  real sigma;
  real scale_mu;
  real scale_sigma;
}
parameters {
  real log_level;
  real log_scale;
  vector[T - 1] innovation;
}
transformed parameters {
  vector[T] walk;
  walk = append_row(0, cumulative_sum(innovation)) * exp(log_scale) * 0.5;
  walk = walk - mean(walk);
}
model {
  log_level ~ normal(mu, sigma);
  log_scale ~ normal(scale_mu, scale_sigma);
  innovation ~ std_normal();
  count ~ poisson_log(log_level + walk + log_years);
}
