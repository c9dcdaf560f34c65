<#-- The list of what is shipped, each library with the licences that its pom names. -->
Libraries that Sluice ships, each under its own licence; the texts are in the jars.

<#list dependencyMap as entry>
${entry.getKey().groupId}:${entry.getKey().artifactId} ${entry.getKey().version}
  <#list entry.getValue() as licence>${licence}<#sep> or </#list>
</#list>
